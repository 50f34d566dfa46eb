/** Wake-ups. They may be lost, doubled or late: whoever is woken reads what is true. */
export interface Queues {
  /** Never fails its caller: while Redis is away the ticks find the work. */
  wake(wake: Wake): Promise<void>;
  /** @throws {PortError} when Redis does not answer */
  ping(): Promise<void>;
}

export type Wake =
  | { readonly queue: "deliveries" }
  | { readonly queue: "effects"; readonly lane: string }
  | { readonly queue: "agents"; readonly lane: string }
  | { readonly queue: "landings"; readonly epicId: number }
  | { readonly queue: "janitor" };
