import { execFile } from "node:child_process";
import { gitEnvironment } from "./run-git.ts";

const BLOB_LIMIT_BYTES = 100 * 1024 * 1024;

/** The bytes of a blob. @throws Error when it is missing or over 100 MiB */
export function readBlob(gitDir: string, sha: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    execFile(
      "git",
      ["--git-dir", gitDir, "cat-file", "blob", sha],
      { env: gitEnvironment(), maxBuffer: BLOB_LIMIT_BYTES, encoding: "buffer" },
      (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`blob ${sha} cannot be read: ${error.message}`));
      },
    );
  });
}
