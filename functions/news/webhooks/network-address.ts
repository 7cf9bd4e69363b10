import { BlockList, isIP } from 'node:net';

/** IPv4 ranges that are not the public Internet (IANA's registry of special-purpose addresses, and multicast). */
const closedIpv4 = ranges('ipv4', [
  // This network, and every address of the machine itself.
  '0.0.0.0/8',
  // Private networks (RFC 1918).
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  // Shared by carriers for NAT (RFC 6598); some clouds keep their metadata here.
  '100.64.0.0/10',
  // Loopback.
  '127.0.0.0/8',
  // Link-scoped, with the metadata of most clouds.
  '169.254.0.0/16',
  // The platform's own address on Azure, which looks public.
  '168.63.129.16/32',
  // IETF protocol assignments, documentation, 6to4 relays, benchmarks.
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  // Multicast, reserved, broadcast.
  '224.0.0.0/4',
  '240.0.0.0/4',
]);

/**
 * The only IPv6 range that is routed on the Internet. Everything else is closed by it: loopback, link-scoped, unique
 * private (fc00::/7), multicast, IPv4-mapped (::ffff:0:0/96) and NAT64 (64:ff9b::/96 and 64:ff9b:1::/48).
 */
const globalIpv6 = ranges('ipv6', ['2000::/3']);

/** Ranges inside it that are not public, or that carry an IPv4 address to somewhere else. */
const closedIpv6 = ranges('ipv6', [
  // IETF protocol assignments, Teredo (2001::/32) among them.
  '2001::/23',
  // Documentation.
  '2001:db8::/32',
  '3fff::/20',
  // 6to4.
  '2002::/16',
]);

/** Whether an address, in the form that resolvers give, is one of the public Internet. */
export function isPublicAddress(address: string): boolean {
  // A zone (`%eth0`) only belongs to addresses of the own network.
  if (address.includes('%')) return false;
  switch (isIP(address)) {
    case 4:
      return !closedIpv4.check(address, 'ipv4');
    case 6:
      return globalIpv6.check(address, 'ipv6') && !closedIpv6.check(address, 'ipv6');
    default:
      return false;
  }
}

function ranges(family: 'ipv4' | 'ipv6', subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', prefix] = subnet.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}
