import { approve } from "./approve.ts";
import { cancel } from "./cancel.ts";
import type { Command } from "./define-command.ts";
import { deny } from "./deny.ts";
import { helpFor } from "./help.ts";
import { pause } from "./pause.ts";
import { resume } from "./resume.ts";
import { status } from "./status.ts";

const others: readonly Command[] = [status, pause, resume, cancel, approve, deny];

/** Every slash command, in the order of the help. A new one is a file and a line here. */
export const commands: readonly Command[] = [helpFor(others), ...others];
