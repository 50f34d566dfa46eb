// Addresses of package registries inside a cell. A cell's loopback is its own: nobody else can have
// taken these ports, and the same address in every cell keeps what programs note down of it true.

/** Every registry, under `/registry/NAME/`. */
export const REGISTRIES_PORT = 4873;
/** npm's alone, at the root: older versions keep no path of a registry that takes another's place. */
export const NPM_PORT = 4874;
