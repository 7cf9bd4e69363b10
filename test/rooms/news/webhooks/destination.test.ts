import { describe, expect, it } from 'vitest';
import {
  DestinationError,
  findDestination,
  type Networks,
} from '../../../../functions/news/webhooks/destination.ts';
import { isPublicAddress } from '../../../../functions/news/webhooks/network-address.ts';

const publicAddress = '93.184.215.14';

/** The rule that a URL breaks, or where it leads to. */
async function ruleOf(
  url: string,
  answers: readonly string[] = [publicAddress],
  networks: Networks = 'public',
): Promise<string> {
  try {
    return (await findDestination(url, networks, async () => answers)).address;
  } catch (error) {
    if (error instanceof DestinationError) return error.rule;
    throw error;
  }
}

const closed = {
  'this network': ['0.0.0.0', '0.1.2.3'],
  private: ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  'shared by carriers': ['100.64.0.1', '100.127.255.255', '100.100.100.200'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  'link-scoped and metadata': [
    '169.254.169.254',
    '169.254.170.2',
    '168.63.129.16',
    'fe80::1',
    'fe80::1%eth0',
  ],
  'special assignments': [
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
  ],
  'multicast, reserved, broadcast': [
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    'ff02::1',
  ],
  unspecified: ['::'],
  'IPv4 in IPv6': ['::ffff:10.0.0.1', '::ffff:a00:1', '::ffff:93.184.215.14', '::10.0.0.1'],
  NAT64: ['64:ff9b::10.0.0.1', '64:ff9b::5db8:d70e', '64:ff9b:1::1'],
  '6to4 and Teredo': ['2002:a00:1::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  'unique private': ['fc00::1', 'fd00:ec2::254'],
  'site-scoped, discard, documentation': ['fec0::1', '100::1', '2001:db8::1', '3fff::1', '5f00::1'],
  'no address': ['', 'localhost', '1.2.3', '1.2.3.4.5', 'example.com'],
};

describe('an address', () => {
  it.each(Object.entries(closed).flatMap(([kind, list]) => list.map((address) => [kind, address])))(
    'that is %s is closed: %s',
    (_, address) => {
      expect(isPublicAddress(address)).toBe(false);
    },
  );

  it.each([
    publicAddress,
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.169.0.0',
    '223.255.255.255',
    '2606:2800:21f:cb07:6820:80da:af6b:8b2c',
    '2400:3200::1',
  ])('of the Internet is open: %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('a URL', () => {
  it.each([
    ['absolute-url', '/hooks'],
    ['absolute-url', 'https://'],
    ['https', 'http://receiver.example'],
    ['https', 'ftp://receiver.example'],
    ['https', 'file:///etc/passwd'],
    ['https', 'javascript:alert(1)'],
    ['credentials', 'https://user@receiver.example'],
    ['credentials', 'https://:secret@receiver.example'],
    ['fragment', 'https://receiver.example/#part'],
    ['port', 'https://receiver.example:22'],
    ['port', 'https://receiver.example:6379'],
    ['port', 'https://receiver.example:80'],
  ])('breaks the rule %s: %s', async (rule, url) => {
    expect(await ruleOf(url)).toBe(rule);
  });

  it.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://１２７.０.０.１/',
    'https://169.254.169.254/latest/meta-data/',
  ])('that writes a closed address in any form is refused: %s', async (url) => {
    expect(await ruleOf(url)).toBe('public-address');
  });

  it.each([
    'https://receiver.example/hooks?tenant=1',
    'https://receiver.example:443/',
    'https://receiver.example:8443/',
  ])('is fine: %s', async (url) => {
    expect(await ruleOf(url)).toBe(publicAddress);
  });
});

describe('a host', () => {
  it.each([
    [['10.0.0.1']],
    [['127.0.0.1', publicAddress]],
    [[publicAddress, '169.254.169.254']],
    [[publicAddress, '::ffff:10.0.0.1']],
    [['fd00:ec2::254']],
  ])('is refused when its name server answers %j', async (answers) => {
    expect(await ruleOf('https://receiver.example', answers)).toBe('public-address');
  });

  it('is refused without an answer, and when the name server fails', async () => {
    expect(await ruleOf('https://receiver.example', [])).toBe('resolvable');
    const failing = async () => {
      throw Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' });
    };
    await expect(findDestination('https://receiver.example', 'public', failing)).rejects.toMatchObject({
      rule: 'resolvable',
    });
  });

  it('gives its addresses in turn, IPv4 before IPv6', async () => {
    const answers = ['2400:3200::1', '1.1.1.1', '1.0.0.1'];
    const taken = await Promise.all(
      [0, 1, 2].map((turn) =>
        findDestination('https://receiver.example', 'public', async () => answers, turn),
      ),
    );
    expect(taken.map(({ address }) => address)).toEqual(['1.1.1.1', '1.0.0.1', '1.1.1.1']);
    expect(await ruleOf('https://receiver.example', ['2400:3200::1'])).toBe('2400:3200::1');
  });

  it('may be anything where the environment allows any network', async () => {
    expect(await ruleOf('http://127.0.0.1:8080/hooks', [], 'any')).toBe('127.0.0.1');
    expect(await ruleOf('http://receiver.test:1234', ['10.0.0.1'], 'any')).toBe('10.0.0.1');
    expect(await ruleOf('http://user@receiver.test', ['10.0.0.1'], 'any')).toBe('credentials');
    expect(await ruleOf('ftp://receiver.test', ['10.0.0.1'], 'any')).toBe('https');
  });
});
