const maxUrlLength = 2_000;
const plainHost = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d+)?$/;

export type SafeLink = { readonly url: string; readonly host: string };

/**
 * A web address in a form that needs no escaping and hides nothing: http(s) only, host in ASCII, no
 * credentials. null for everything else, which is then shown as text.
 */
export function safeLink(address: string): SafeLink | null {
  if (address.length > maxUrlLength || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  if (url.username !== "" || url.password !== "" || !plainHost.test(url.host)) return null;
  // What stands in a text as an address must not be read as a mention or as Markdown.
  const rest = url.href
    .slice(url.origin.length)
    .replace(/[^A-Za-z0-9\-._~/?#&=%+,:;]/g, (character) => encodeURIComponent(character))
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return { url: url.origin + rest, host: url.host };
}

/** True for words that GitHub makes a link of wherever they stand. */
export function looksLikeAddress(text: string): boolean {
  return /^www\.|:\/\//i.test(text);
}
