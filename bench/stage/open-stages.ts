// What is started now. A run that is interrupted stops all of it.

const open = new Set<() => Promise<void>>();

/** Remembers how to stop something, until it is stopped; to stop it again is nothing. */
export function closeOnce(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | null = null;
  const once = async (): Promise<void> => {
    closing ??= close().finally(() => open.delete(once));
    await closing;
  };
  open.add(once);
  return once;
}

/** Stops whatever is started, the last first. */
export async function closeAll(): Promise<void> {
  for (const close of [...open].reverse()) await close();
}
