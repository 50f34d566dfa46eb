import { BlockList, isIP } from "node:net";

// Addresses that lead into an operator's own network, or nowhere (IANA's special-purpose
// registries): a public name may be made to resolve to one of them.
const PRIVATE_V4 = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"],
  ...["172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4"],
  "240.0.0.0/4",
] as const;
const PRIVATE_V6 = [
  ...["::/128", "::1/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"],
  // Whatever carries an address of version 4 inside, beside the mapped form that is read below.
  ...["64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"],
] as const;
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const MAPPED_HEX = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i;

const blocked = blockList();

/** Whether an address belongs to the public internet. What is no address does not. */
export function isPublicAddress(address: string): boolean {
  const plain = unmapped(address.replace(/%.*$/, ""));
  switch (isIP(plain)) {
    case 4:
      return !blocked.check(plain, "ipv4");
    case 6:
      return !blocked.check(plain, "ipv6");
    default:
      return false;
  }
}

function unmapped(address: string): string {
  const dotted = MAPPED.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const [, high, low] = MAPPED_HEX.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const number = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
}

function blockList(): BlockList {
  const list = new BlockList();
  const add = (family: "ipv4" | "ipv6") => (range: string) => {
    const [address = "", bits] = range.split("/");
    list.addSubnet(address, Number(bits), family);
  };
  PRIVATE_V4.forEach(add("ipv4"));
  PRIVATE_V6.forEach(add("ipv6"));
  return list;
}
