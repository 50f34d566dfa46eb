// The in-doubt rule: before something is created again, look for what an unanswered attempt made.
import type { Intent } from "../../ports/git-hub.ts";
import type { Connection } from "./connection.ts";
import { GitHubError } from "./github-error.ts";

// The database's clock and GitHub's may differ by this much.
const CLOCK_SLACK_MS = 300_000;

// 10,000 items: more than any thread of an epic has.
const MOST_PAGES = 100;

/** What issues, comments and reviews have in common, as far as it says whose they are. */
type Authored = {
  readonly body?: string | null | undefined;
  readonly user?: { readonly login?: string; readonly type?: string } | null | undefined;
  readonly performed_via_github_app?: { readonly id?: number } | null | undefined;
};

/** The instant from which an earlier attempt's work can date (ISO 8601); null on the first try. */
export function searchSince({ triedSince }: Intent): string | null {
  if (triedSince === null) return null;
  return new Date(new Date(triedSince).getTime() - CLOCK_SLACK_MS).toISOString();
}

/**
 * The first item that carries the intent's marker and was made by our App; null when none does.
 * A marker alone proves nothing: people can copy it.
 */
export async function findOurs<Item extends Authored>(
  connection: Connection,
  intent: Intent,
  pages: AsyncIterable<{ readonly data: readonly Item[] }>,
): Promise<Item | null> {
  const marked = await findIn(pages, (item) => hasMarker(item, intent));
  if (marked.length === 0) return null;
  const { data: app } = await connection.app().rest.apps.getAuthenticated();
  const isOurs = (item: Item): boolean =>
    item.performed_via_github_app?.id === app?.id ||
    (item.user?.type === "Bot" && item.user.login === `${app?.slug}[bot]`);
  return marked.find(isOurs) ?? null;
}

/** All items that match, page by page, up to a limit. */
export async function findIn<Item>(
  pages: AsyncIterable<{ readonly data: readonly Item[] }>,
  matches: (item: Item) => boolean,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  let seen = 0;
  for await (const { data } of pages) {
    found.push(...data.filter(matches));
    seen += 1;
    if (seen >= MOST_PAGES) {
      throw new GitHubError(`a list on GitHub has more than ${MOST_PAGES} pages`, {
        retryable: false,
      });
    }
  }
  return found;
}

function hasMarker({ body }: Authored, { marker }: Intent): boolean {
  return body?.includes(`<!-- ${marker} -->`) ?? false;
}
