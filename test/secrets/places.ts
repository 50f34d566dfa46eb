import { hostPlaces } from "./host-places.ts";
import { serverPlaces } from "./server-places.ts";

export type DemoFolders = {
  readonly data: string;
  /** Sockets of the agents' host. */
  readonly runtime: string;
  /** One folder for every life, with its token. */
  readonly lives: string;
  /** What the demo printed. */
  readonly output: string;
};

/** A text that somebody could read. */
export type Found = {
  readonly where: string;
  readonly text: string;
  /** Secrets that may stand in it, by name. */
  readonly allowed?: readonly string[];
};

/** One kind of place. */
export type Place = {
  readonly kind: string;
  /** There only while agents work: looked at again and again. */
  readonly isFleeting: boolean;
  readonly look: (folders: DemoFolders) => Promise<readonly Found[]> | readonly Found[];
};

/** Every kind of place where nothing secret may be. */
export const places: readonly Place[] = [...hostPlaces, ...serverPlaces];
