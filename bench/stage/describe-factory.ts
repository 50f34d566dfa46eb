type Rows = (question: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/**
 * What a factory is at, in words: for who waited in vain.
 *
 * @param rows asks the product's database
 */
export async function describeFactory(rows: Rows): Promise<string> {
  const [agents, tasks, effects, lives] = await Promise.all([
    rows("select state as kind, count(*) as number from agents group by state order by state"),
    rows("select state as kind, count(*) as number from tasks group by state order by state"),
    rows(
      `select kind, count(*) as number, max(error) as error from outbox
        where state = 'waiting' group by kind order by kind`,
    ),
    rows(
      `select coalesce(how, 'live') as kind, count(*) as number from lives group by 1 order by 1`,
    ),
  ]);
  return [
    `agents: ${counted(agents)}`,
    `their lives: ${counted(lives)}`,
    `tasks: ${counted(tasks)}`,
    `waiting to be done: ${counted(effects)}`,
  ].join("; ");
}

function counted(rows: readonly Readonly<Record<string, unknown>>[]): string {
  if (rows.length === 0) return "none";
  return rows
    .map(({ kind, number, error }) => {
      const reason = typeof error === "string" ? ` (${error})` : "";
      return `${number} ${kind}${reason}`;
    })
    .join(", ");
}
