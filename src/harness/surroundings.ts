import type { FactoryApi } from "./factory-api.ts";
import type { Model } from "./model.ts";
import type { Pane } from "./pane.ts";
import type { Toolbox } from "./toolbox.ts";
import type { Patience } from "./weather.ts";

/** What a life has around it. */
export type Surroundings = {
  readonly api: FactoryApi;
  readonly model: Model;
  readonly toolbox: Toolbox;
  readonly pane: Pane;
  readonly patience: Patience;
};
