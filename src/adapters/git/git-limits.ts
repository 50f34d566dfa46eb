/** Every bound of the git adapter; a setting may replace each. */
export type GitLimits = {
  /** A command that only reads or writes the mirror. */
  readonly localTimeoutMs: number;
  /** A command that talks to the remote; a first fetch of a large repository is the longest. */
  readonly remoteTimeoutMs: number;
  /** A transfer slower than one byte a second for this long is given up. */
  readonly stalledTransferMs: number;
  /** Output of one command that is read whole: listings, names, messages. */
  readonly maxOutputBytes: number;
  /** A pack that a cell hands over. */
  readonly maxPackBytes: number;
  /** One allocation while a cell's pack is unpacked: no object may swell beyond it. */
  readonly maxObjectBytes: number;
  /** All `.gitattributes` of one commit together. */
  readonly maxAttributesBytes: number;
  /** Tries, the first included, while another process holds a lock of the mirror. */
  readonly lockAttempts: number;
  /** Age from which a lock without a living git process in this mirror counts as left by a crash. */
  readonly staleLockMs: number;
};

export const defaultGitLimits: GitLimits = {
  localTimeoutMs: 60_000,
  remoteTimeoutMs: 600_000,
  stalledTransferMs: 60_000,
  maxOutputBytes: 64 * 1024 * 1024,
  maxPackBytes: 256 * 1024 * 1024,
  maxObjectBytes: 128 * 1024 * 1024,
  maxAttributesBytes: 1024 * 1024,
  lockAttempts: 12,
  staleLockMs: 5_000,
};
