import type { Actor } from "./epic.ts";
import type { Profile, ProfilePlace, ProfileSetting } from "./profile.ts";
import type { Role } from "./states.ts";

/** What a person wants a role to live with. */
export type ProfileWish = {
  readonly place: ProfilePlace;
  readonly role: Role;
  readonly key: keyof Profile;
  /** As they typed it; null to leave it to the layer above. */
  readonly value: string | null;
};

/** One row of the settings' history: never changed, only followed by another. */
export type ProfileChange = Omit<ProfileWish, "value"> & {
  readonly from: string | null;
  readonly to: string | null;
  readonly by: Actor;
};

type Slot = Pick<ProfileWish, "place" | "role" | "key">;

/** What is set at this very place; null when nothing is. */
export function settingAt(settings: readonly ProfileSetting[], slot: Slot): string | null {
  return settings.find((one) => isSameSlot(one, slot))?.value ?? null;
}

/** The settings as they are once changes are stored. */
export function settingsAfter(
  settings: readonly ProfileSetting[],
  changes: readonly ProfileChange[],
): readonly ProfileSetting[] {
  return changes.reduce<readonly ProfileSetting[]>((now, { place, role, key, to }) => {
    const others = now.filter((one) => !isSameSlot(one, { place, role, key }));
    return to === null ? others : [...others, { place, role, key, value: to }];
  }, settings);
}

function isSameSlot(one: Slot, other: Slot): boolean {
  return one.role === other.role && one.key === other.key && isSamePlace(one.place, other.place);
}

function isSamePlace(one: ProfilePlace, other: ProfilePlace): boolean {
  if (one.layer === "task" || other.layer === "task")
    return one.layer === "task" && other.layer === "task" && one.task === other.task;
  return one.layer === other.layer;
}
