const maxSlugLength = 40;

/** A git-safe slug of any title: lower-case ASCII letters, digits and single hyphens; never empty. */
function slugOf(title: string): string {
  const slug = title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, maxSlugLength)
    .replace(/^-+|-+$/g, "");
  return slug === "" ? "untitled" : slug;
}

/** An epic's branch, `ff/epic-<issue>-<slug>`, whatever its title holds (L8). */
export function epicBranchName(issueNumber: number, title: string): string {
  return `ff/epic-${issueNumber}-${slugOf(title)}`;
}

/** A task's branch, `ff/task-<issue>-<slug>` (L8). */
export function taskBranchName(issueNumber: number, title: string): string {
  return `ff/task-${issueNumber}-${slugOf(title)}`;
}
