// The one place through which every request to GitHub passes: its turn, its token, its time limit,
// and its failure in our own words.
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import type { RepositoryRef } from "../../domain/epic.ts";
import type { Secret } from "../../lib/secret.ts";
import {
  type Answer,
  type Around,
  type ExchangeOptions,
  exchange,
  type GitHubLog,
  type RequestOptions,
  type Send,
  withAuthorization,
} from "./exchange.ts";
import { createGate, type Gate, type GateOptions } from "./gate.ts";
import { GitHubError } from "./github-error.ts";
import { followed } from "./moved.ts";
import { type Access, createTokens, permissionSets } from "./tokens.ts";

export type ConnectionOptions = ExchangeOptions &
  GateOptions & {
    readonly appId: number | string;
    readonly privateKey: Secret;
    readonly baseUrl: string;
  };

export type Connection = {
  /** Requests of this Octokit carry a token for this repository and this permission set alone. */
  repository(repository: RepositoryRef, access: Access): Octokit;
  /** Requests of this Octokit are the App's own, signed with its key. */
  app(): Octokit;
  token(repository: RepositoryRef, access: Access): Promise<string>;
  /** In place of one that was refused outside of this connection. */
  freshToken(repository: RepositoryRef, access: Access): Promise<string>;
};

/** One connection for all installations: Octokits whose requests take their turn and carry their token. */
export function createConnection(options: ConnectionOptions): Connection {
  const { clock } = options;
  const gates = new Map<number, Gate>();
  const appAuth = createAppAuth({
    appId: options.appId,
    privateKey: options.privateKey.reveal(),
    log: quietLog(options.log),
  });
  const tokens = createTokens(mint, clock);

  async function mint(repository: RepositoryRef, access: Access): Promise<string> {
    const { data } = await app().rest.apps.createInstallationAccessToken({
      installation_id: repository.installationId,
      repository_ids: [repository.githubId],
      permissions: permissionSets[access],
    });
    return data.token;
  }

  function app(): Octokit {
    return octokitAround(options, async (send, request) => {
      const { token } = await appAuth({ type: "app" });
      return exchange(send, withAuthorization(request, `bearer ${token}`), options);
    });
  }

  function gateOf(installationId: number): Gate {
    const gate = gates.get(installationId) ?? createGate(options);
    gates.set(installationId, gate);
    return gate;
  }

  function repositoryOctokit(repository: RepositoryRef, access: Access): Octokit {
    return octokitAround(options, (send, request) =>
      gateOf(repository.installationId).pass(request.method === "GET" ? "read" : "write", () =>
        authorized(send, request, repository, access),
      ),
    );
  }

  async function authorized(
    send: Send,
    request: RequestOptions,
    repository: RepositoryRef,
    access: Access,
  ): Promise<Answer> {
    const attempt = (token: string): Promise<Answer> =>
      followed(withAuthorization(request, `token ${token}`), repository, (asked) =>
        exchange(send, asked, options),
      );
    const token = await tokens.get(repository, access);
    try {
      return await attempt(token);
    } catch (error) {
      if (!(error instanceof GitHubError) || error.status !== 401) throw error;
      return attempt(await tokens.replace(repository, access, token));
    }
  }

  return {
    repository: repositoryOctokit,
    app,
    token: (...asked) => tokens.get(...asked),
    freshToken: async (repository, access) =>
      tokens.replace(repository, access, await tokens.get(repository, access)),
  };
}

function octokitAround({ baseUrl, log }: ConnectionOptions, around: Around): Octokit {
  // An authentication's hook is the innermost: hooks added later cannot change what it sends.
  const authStrategy = (): object => Object.assign(async () => ({}), { hook: around });
  return new Octokit({ baseUrl, log: quietLog(log), authStrategy });
}

type QuietLog = {
  readonly debug: () => void;
  readonly info: () => void;
  readonly warn: (message: string) => void;
  readonly error: () => void;
};

/** octokit logs whole requests; of that only its warnings (deprecations) are of use. */
function quietLog(log: GitHubLog): QuietLog {
  const ignore = (): void => {};
  const warn = (message: string): void => log.warn({ message }, "github.octokit-warning");
  return { debug: ignore, info: ignore, warn, error: ignore };
}
