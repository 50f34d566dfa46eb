import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { z } from "zod";

/** What an equality filter may compare: numbers, strings, booleans, null. */
type Filter<Row> = {
  readonly [Key in keyof Row]?: Row[Key] extends string | number | boolean | null
    ? Row[Key]
    : never;
};

/** How a table of documents is kept: its name, the shape of a row, the fields looked up by. */
export type TableDefinition<Row> = {
  readonly name: string;
  readonly row: z.ZodType<Row>;
  readonly indexes: readonly (keyof Row & string)[];
  readonly firstId: number;
};

/**
 * Rows kept as JSON documents in SQLite, checked against their schema on every read and write.
 * Every call is synchronous, so a transaction is a plain function without awaits.
 */
export class Table<Row extends { readonly id: number }> {
  readonly #db: DatabaseSync;
  readonly #definition: TableDefinition<Row>;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync, definition: TableDefinition<Row>) {
    this.#db = db;
    this.#definition = definition;
    const { name, indexes } = definition;
    db.exec(
      `create table if not exists ${name} (id integer primary key autoincrement, doc text not null)`,
    );
    for (const field of indexes) {
      db.exec(
        `create index if not exists ${name}_${field} on ${name} (json_extract(doc, '$.${field}'))`,
      );
    }
    // Seeding AUTOINCREMENT keeps ids of different kinds apart and beyond 32 bits, as on GitHub.
    db.prepare(
      "insert into sqlite_sequence (name, seq) select ?, ? where not exists (select 1 from sqlite_sequence where name = ?)",
    ).run(name, definition.firstId - 1, name);
  }

  /** Stores a new row and returns it with its id. */
  insert(fields: Omit<Row, "id">): Row {
    const { name } = this.#definition;
    const { lastInsertRowid } = this.#prepare(`insert into ${name} (doc) values ('{}')`).run();
    const row = this.#definition.row.parse({ ...fields, id: Number(lastInsertRowid) });
    this.#write(row);
    return row;
  }

  /** Changes fields of the row as it is now, and returns it. @throws Error when there is no such row */
  update(id: number, patch: Partial<Omit<Row, "id">>): Row {
    const row = this.#definition.row.parse({ ...this.must(id), ...patch, id });
    this.#write(row);
    return row;
  }

  /** The row with this id, or null. */
  get(id: number): Row | null {
    const { name } = this.#definition;
    const found = this.#prepare(`select doc from ${name} where id = ?`).get(id);
    return found === undefined ? null : this.#read(found["doc"]);
  }

  /** The row with this id. @throws Error when there is none: a reference between rows is broken */
  must(id: number): Row {
    const row = this.get(id);
    if (row === null) throw new Error(`no row ${id} in ${this.#definition.name}`);
    return row;
  }

  /** All rows whose fields equal the filter's, in order of id. */
  find(where: Filter<Row>): readonly Row[] {
    const { text, values } = conditions(where);
    return this.#prepare(`select doc from ${this.#definition.name} where ${text} order by id`)
      .all(...values)
      .map((found) => this.#read(found["doc"]));
  }

  /** The first row whose fields equal the filter's, or null. */
  first(where: Filter<Row>): Row | null {
    const { text, values } = conditions(where);
    const found = this.#prepare(
      `select doc from ${this.#definition.name} where ${text} order by id limit 1`,
    ).get(...values);
    return found === undefined ? null : this.#read(found["doc"]);
  }

  /** How many rows have fields that equal the filter's. */
  count(where: Filter<Row>): number {
    const { text, values } = conditions(where);
    const found = this.#prepare(
      `select count(*) as n from ${this.#definition.name} where ${text}`,
    ).get(...values);
    return Number(found?.["n"] ?? 0);
  }

  /** Removes the row; removing what is not there is no error. */
  remove(id: number): void {
    this.#prepare(`delete from ${this.#definition.name} where id = ?`).run(id);
  }

  // The same few statements come again and again; SQLite compiles each once.
  #prepare(sql: string): StatementSync {
    const there = this.#statements.get(sql);
    if (there !== undefined) return there;
    const made = this.#db.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  #write(row: Row): void {
    this.#prepare(`update ${this.#definition.name} set doc = ? where id = ?`).run(
      JSON.stringify(row),
      row.id,
    );
  }

  #read(doc: unknown): Row {
    return this.#definition.row.parse(JSON.parse(String(doc)));
  }
}

function conditions(where: object): { text: string; values: SQLInputValue[] } {
  const parts: string[] = [];
  const values: SQLInputValue[] = [];
  for (const [field, value] of Object.entries(where)) {
    if (field === "id") {
      parts.push("id = ?");
      values.push(Number(value));
    } else if (value === null) {
      parts.push(`json_extract(doc, '$.${field}') is null`);
    } else {
      parts.push(`json_extract(doc, '$.${field}') = ?`);
      values.push(typeof value === "boolean" ? Number(value) : sqlValue(value));
    }
  }
  return { text: parts.length === 0 ? "1" : parts.join(" and "), values };
}

function sqlValue(value: unknown): SQLInputValue {
  return typeof value === "number" ? value : String(value);
}
