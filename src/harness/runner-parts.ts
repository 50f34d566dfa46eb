// Loaded while the first answer is on its way: reading these packages is most of a start.

export function loadParts() {
  return Promise.all([
    import("./model.ts"),
    import("./mcp-tools.ts"),
    import("./toolbox.ts"),
    import("./conversation.ts"),
  ]);
}
