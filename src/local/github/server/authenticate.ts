// Turns credentials into a caller: personal tokens, installation tokens, App JWTs.

import { createHmac, createVerify } from "node:crypto";
import { z } from "zod";
import type { AppRow, InstallationRow, Permissions } from "../store/accounts.ts";
import type { World } from "../world.ts";
import type { Caller } from "./caller.ts";
import { forbidden, GitHubError } from "./github-error.ts";

const TOKEN_LIFE_MS = 60 * 60 * 1000;
const JWT_LIFE_LIMIT_S = 600;
const CLOCK_DRIFT_S = 60;

const jwtHeader = z.object({ alg: z.literal("RS256") });
const jwtClaims = z.object({
  iss: z.union([z.string(), z.number()]),
  iat: z.number(),
  exp: z.number(),
});

/**
 * Who sent this `Authorization` header.
 *
 * @throws GitHubError 401 for credentials that are wrong or expired, 403 for a suspended installation
 */
export function authenticate(world: World, authorization: string | undefined): Caller {
  if (authorization === undefined || authorization === "") return { kind: "anonymous" };
  const [scheme = "", value = ""] = authorization.split(" ");
  if (/^basic$/iu.test(scheme)) {
    const [, password = ""] = Buffer.from(value, "base64").toString().split(/:(.*)/su);
    return callerOfToken(world, password);
  }
  if (!/^(bearer|token)$/iu.test(scheme)) throw badCredentials();
  const isJwt = !value.startsWith("ghs_") && value.split(".").length === 3;
  return isJwt ? { kind: "app", app: verifyJwt(world, value) } : callerOfToken(world, value);
}

/** Makes an installation token that ends in one hour, in the long form `ghs_<app id>_<jwt>`. */
export function mintToken(
  world: World,
  installation: InstallationRow,
  scope: { readonly repositoryIds: readonly number[] | null; readonly permissions: Permissions },
): { readonly token: string; readonly expiresAt: number } {
  const expiresAt = world.now() + TOKEN_LIFE_MS;
  const row = world.tables.tokens.insert({
    token: `unsigned-${crypto.randomUUID()}`,
    installationId: installation.id,
    repositoryIds: scope.repositoryIds === null ? null : [...scope.repositoryIds],
    permissions: scope.permissions,
    expiresAt,
  });
  const claims = {
    iss: installation.appId,
    jti: `${row.id}-${crypto.randomUUID()}`,
    exp: Math.floor(expiresAt / 1000),
  };
  const content = `${base64Json({ alg: "HS256", typ: "JWT" })}.${base64Json(claims)}`;
  const key = world.keep("token-signing-key", () => crypto.randomUUID() + crypto.randomUUID());
  const signature = createHmac("sha256", key).update(content).digest("base64url");
  const token = `ghs_${installation.appId}_${content}.${signature}`;
  world.tables.tokens.update(row.id, { token });
  return { token, expiresAt };
}

function callerOfToken(world: World, token: string): Caller {
  const { tables } = world;
  const user = tables.users.first({ token });
  if (user !== null) return { kind: "user", user };
  const row = tables.tokens.first({ token });
  if (row === null || row.expiresAt <= world.now()) throw badCredentials();
  const installation = tables.installations.get(row.installationId);
  if (installation === null) throw badCredentials();
  if (installation.suspendedAt !== null) throw forbidden("This installation has been suspended");
  const app = tables.apps.must(installation.appId);
  const { permissions, repositoryIds } = row;
  const bot = tables.users.must(app.botId);
  return {
    kind: "installation",
    app,
    bot,
    installation,
    tokenId: row.id,
    permissions,
    repositoryIds,
  };
}

function verifyJwt(world: World, jwt: string): AppRow {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const claims = jwtClaims.safeParse(parseBase64Json(payload));
  if (!jwtHeader.safeParse(parseBase64Json(header)).success || !claims.success) {
    throw undecodable();
  }
  const { iss, iat, exp } = claims.data;
  const app = appOf(world, iss);
  const genuine =
    app !== null &&
    createVerify("RSA-SHA256")
      .update(`${header}.${payload}`)
      .verify(app.publicKey, signature, "base64url");
  if (!genuine) throw undecodable();
  const now = Math.floor(world.now() / 1000);
  if (exp <= now)
    throw refused(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (exp > now + JWT_LIFE_LIMIT_S + CLOCK_DRIFT_S)
    throw refused("'Expiration time' claim ('exp') is too far in the future");
  if (iat > now + CLOCK_DRIFT_S)
    throw refused(
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  return app;
}

function appOf(world: World, issuer: string | number): AppRow | null {
  const byId = Number(issuer);
  if (Number.isSafeInteger(byId)) return world.tables.apps.get(byId);
  return world.tables.apps.first({ clientId: String(issuer) });
}

function base64Json(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function parseBase64Json(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    return null; // not JSON is not a JWT: the caller refuses it
  }
}

function badCredentials(): GitHubError {
  return new GitHubError(401, { message: "Bad credentials" });
}

function undecodable(): GitHubError {
  return new GitHubError(401, { message: "A JSON web token could not be decoded" });
}

function refused(message: string): GitHubError {
  return new GitHubError(401, { message });
}
