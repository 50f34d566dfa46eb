import type { Scene } from "./scene.ts";

/** A story of its own, told to the real product beside local stand-ins. */
export type Scenario = {
  /** As people type it: `npm run scenario -- agents`. */
  readonly name: string;
  /** One line for the help: what it shows. */
  readonly summary: string;
  /** After so long it is given up and has fallen short. */
  readonly limitMs: number;
  /** Tells the story. @returns the figure: what it comes to, in one line */
  readonly run: (scene: Scene) => Promise<string>;
};
