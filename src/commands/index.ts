import { approve } from "./approve.ts";
import { budget } from "./budget.ts";
import { cancel } from "./cancel.ts";
import type { Command } from "./define-command.ts";
import { deny } from "./deny.ts";
import { harness } from "./harness.ts";
import { helpFor } from "./help.ts";
import { model } from "./model.ts";
import { pause } from "./pause.ts";
import { permissions } from "./permissions.ts";
import { resume } from "./resume.ts";
import { stats } from "./stats.ts";
import { status } from "./status.ts";
import { task } from "./task.ts";

const others: readonly Command[] = [
  status,
  stats,
  pause,
  resume,
  cancel,
  approve,
  deny,
  task,
  budget,
  model,
  permissions,
  harness,
];

/** Every slash command, in the order of the help. A new one is a file and a line here. */
export const commands: readonly Command[] = [helpFor(others), ...others];
