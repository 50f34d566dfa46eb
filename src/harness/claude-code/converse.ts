import { type FactoryApi, judgeApiError, type LifeStart } from "../factory-api.ts";
import type { Pane } from "../pane.ts";
import { EXIT, RunnerEnd } from "../runner-end.ts";
import { runnersWord } from "../runner-words.ts";
import type { Talk } from "../talk.ts";
import { type Failure, type Patience, throughWeather } from "../weather.ts";
import { answerRequest } from "./answer-request.ts";
import { beginClaude, type ClaudeProgram } from "./begin-claude.ts";
import { createAnswerGatherer } from "./gather-answer.ts";
import type { LocalJournal } from "./local-journal.ts";
import { createNoteKeeper, type NoteKeeper } from "./note-keeper.ts";
import { readEvent } from "./read-line.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import type { Relay } from "./relay.ts";
import { type Handover, handOver } from "./session-lines.ts";
import { showEvent } from "./show-event.ts";
import type { Claude } from "./start-claude.ts";

export type ConversingOptions = {
  readonly start: LifeStart;
  readonly talk: Talk;
  readonly journal: LocalJournal;
  readonly relay: Relay;
  readonly around: {
    readonly api: FactoryApi;
    readonly pane: Pane;
    readonly patience: Patience;
  };
  readonly program: ClaudeProgram;
};

type Running = {
  readonly claude: Claude;
  readonly recorder: Recorder;
  readonly notes: NoteKeeper;
};

const GO_ON = runnersWord("Your process was started again. Go on from the results above.");

/**
 * Has Claude Code answer the newest turn of the conversation, with as many calls of tools as it
 * takes. It is started when there is first something to answer.
 *
 * @returns a function that ends when the answer is stored
 */
export function createConversing(options: ConversingOptions): () => Promise<void> {
  const { talk, relay } = options;
  let running: Running | null = null;
  return async () => {
    const handover = handOver(talk.transcript());
    running ??= begin(handover, options);
    const { claude, recorder, notes } = running;
    const before = recorder.answers();
    const content = handover.prompt ?? GO_ON;
    claude.send({ type: "user", message: { role: "user", content } });
    const failure = await untilTurnEnds(running, options);
    await recorder.settled();
    await notes.keep();
    if (failure !== null) throw endFor(failure, relay.lastRefusal());
    if (recorder.answers() === before)
      throw new RunnerEnd(EXIT.bug, "Claude Code ended its turn without an answer");
  };
}

function begin(
  handover: Handover,
  { start, talk, journal, relay, around, program }: ConversingOptions,
): Running {
  const { claude, sessionFile, sessionBytes } = beginClaude(start, handover, program);
  relay.onHold((failure) => claude.fail(endFor("", failure)));
  const recorder = createRecorder({
    ...{ talk, limits: start.limits },
    onResult: journal.end,
    onFailure: claude.fail,
  });
  const begun = { ...handover, bytes: sessionBytes };
  return { claude, recorder, notes: createNoteKeeper(sessionFile, begun, around) };
}

/** @returns why the turn failed, in Claude Code's words; null when it did not */
async function untilTurnEnds(
  { claude, recorder, notes }: Running,
  options: ConversingOptions,
): Promise<string | null> {
  const gather = createAnswerGatherer();
  for (;;) {
    const event = readEvent(await claude.next());
    if (event === null) continue;
    showEvent(event, options.around.pane);
    const answer = gather(event);
    if (answer !== null) {
      recorder.addAnswer(answer);
      notes.keep().catch(claude.fail);
    }
    switch (event.kind) {
      case "began":
        recorder.offer(event.tools);
        await requireFactory(event.factory, options);
        break;
      case "results":
        recorder.addResults(event.results);
        break;
      case "asked":
        // Not waited for: it waits itself, for the end of the answer that is still coming in.
        answerRequest(event, { claude, recorder, journal: options.journal }).catch(claude.fail);
        break;
      case "turnEnds":
        return event.failure;
      default:
        break;
    }
  }
}

/** Claude Code goes on without a server it cannot reach; an agent cannot. */
async function requireFactory(status: string, { around }: ConversingOptions): Promise<void> {
  if (status === "connected") return;
  // A dead token is told as what it is.
  await throughWeather("asking who this is", around.api.start, judgeApiError, around);
  const line = `Claude Code could not reach the factory's tools: its connection is "${status}"`;
  throw new RunnerEnd(EXIT.weather, line);
}

function endFor(said: string, refusal: Failure | null): RunnerEnd {
  switch (refusal?.kind) {
    case "weather":
      return new RunnerEnd(EXIT.weather, `asking the model failed too often: ${refusal.detail}`);
    case "hold":
      return new RunnerEnd(EXIT.weather, `asleep until limits allow: ${refusal.detail}`);
    case "fenced":
      return new RunnerEnd(EXIT.fenced, refusal.detail);
    case "refused":
      return new RunnerEnd(EXIT.refused, `asking the model was refused: ${refusal.detail}`);
    case undefined:
      return new RunnerEnd(EXIT.bug, `Claude Code failed: ${said}`);
    default:
      return refusal satisfies never;
  }
}
