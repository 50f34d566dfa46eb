import type { LifeTables } from "./life-tables.ts";
import type { ModelTables } from "./model-tables.ts";
import type { NounTables } from "./noun-tables.ts";
import type { SpineTables } from "./spine-tables.ts";

/** The tables as the builder knows them. `migrations/` is what makes them so; a test compares both. */
export type Database = NounTables & SpineTables & LifeTables & ModelTables;
