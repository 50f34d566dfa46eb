import type { ColumnType } from "kysely";

/** A point in time; the database's own where none is given. */
export type Instant = ColumnType<Date, Date | string | undefined, Date | string>;
export type MaybeInstant = ColumnType<
  Date | null,
  Date | string | null | undefined,
  Date | string | null
>;
/** Written as JSON text, read as the parsed value, which the reader validates. */
export type Json = ColumnType<unknown, string, string>;
