import path from "node:path";

/** The folders in which cells write, each below one of the two folders that hold them. */
export const CELL_FOLDERS = {
  dependencies: { sets: "sets", lent: "lent" },
  cells: { verify: "verify", plain: "plain" },
} as const;

/** All of them, of a product's data folder. */
export function cellFolders(dataDir: string): readonly string[] {
  return Object.entries(CELL_FOLDERS).flatMap(([parent, folders]) =>
    Object.values(folders).map((folder) => path.join(dataDir, parent, folder)),
  );
}
