import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { FieldFault } from '../../shared/errors.ts';
import type { Bilingual } from '../../shared/text.ts';
import { isPublicAddress } from './network-address.ts';

/**
 * Where webhooks may go. `public`: https to the public Internet. `any`: http and every address too, for systems whose
 * receivers are on the same machine.
 */
export type Networks = 'public' | 'any';

/** Finds all addresses of a host. A port: tests answer as a hostile name server would. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** The machine's resolver. */
export const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, order: 'ipv4first' })).map(({ address }) => address);

/** An address that was checked, and what the receiver is to be asked for there. */
export interface Destination {
  readonly url: URL;
  /** Where to connect to: an address, so that nothing resolves the name a second time. */
  readonly address: string;
}

/** Ports of https on the Internet; any other one would make us a scanner of other people's services. */
const publicPorts = ['443', '8443'];

/** Rules that an address of a receiver may break, in stable words. */
const rules = {
  'absolute-url': { zh: '须为完整的网址', en: 'is a complete URL' },
  https: { zh: '须使用 https', en: 'is https' },
  credentials: { zh: '网址中不得含用户名或密码', en: 'holds no user name and no password' },
  fragment: { zh: '网址中不得含 # 片段', en: 'has no fragment' },
  port: { zh: `端口须为 ${publicPorts.join('、')}`, en: `has one of the ports ${publicPorts.join(', ')}` },
  resolvable: { zh: '域名无法解析', en: 'has a host that can be resolved' },
  'public-address': {
    zh: '须解析到公网地址，不得为内网、回环、组播等地址',
    en: 'leads to public addresses only: none that is private, loopback, link-scoped, shared or multicast',
  },
} as const satisfies Record<string, Bilingual>;
export type DestinationRule = keyof typeof rules;

/** An address that nothing may be sent to. */
export class DestinationError extends Error {
  override readonly name = 'DestinationError';
  readonly rule: DestinationRule;

  constructor(rule: DestinationRule, options?: ErrorOptions) {
    super(`the URL ${rules[rule].en}`, options);
    this.rule = rule;
  }

  /** The fault as the API reports it. */
  fault(path: string): FieldFault {
    return { path, rule: this.rule, message: rules[this.rule] };
  }
}

/**
 * Checks the text of a URL, and gives it back parsed. A host written as a number in any form is an IPv4 address by then.
 * @throws DestinationError
 */
function parseDestination(text: string, networks: Networks): URL {
  if (!URL.canParse(text)) throw new DestinationError('absolute-url');
  const url = new URL(text);
  const secure = url.protocol === 'https:';
  if (!secure && !(networks === 'any' && url.protocol === 'http:')) throw new DestinationError('https');
  if (url.username !== '' || url.password !== '') throw new DestinationError('credentials');
  if (url.hash !== '') throw new DestinationError('fragment');
  if (networks === 'public' && !publicPorts.includes(url.port || '443')) throw new DestinationError('port');
  return url;
}

/**
 * Resolves the host of a URL and checks every address: one that is not public condemns the whole host, since its name
 * server could give that one next time.
 * @param turn which of several addresses to take, so that attempts do not all end at the one that is down.
 * @throws DestinationError
 */
export async function findDestination(
  text: string,
  networks: Networks,
  resolve: Resolve,
  turn = 0,
): Promise<Destination> {
  const url = parseDestination(text, networks);
  const addresses = await addressesOf(url.hostname, resolve);
  if (networks === 'public' && !addresses.every(isPublicAddress))
    throw new DestinationError('public-address');
  // Functions have no way out by IPv6 everywhere, so it is for hosts that have nothing else.
  const ipv4 = addresses.filter((address) => isIP(address) === 4);
  const usable = ipv4.length > 0 ? ipv4 : addresses;
  const address = usable[turn % usable.length];
  if (address === undefined) throw new DestinationError('resolvable');
  return { url, address };
}

async function addressesOf(hostname: string, resolve: Resolve): Promise<readonly string[]> {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return [host];
  try {
    return await resolve(host);
  } catch (error) {
    throw new DestinationError('resolvable', { cause: error });
  }
}
