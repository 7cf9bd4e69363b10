import * as z from 'zod';
import type { Finding, Text } from './finding.ts';

/** API Gateway gives the issuer this long when it makes the authorizer, and again for its keys. */
const patienceMs = 1500;

const DiscoverySchema = z.looseObject({ issuer: z.string(), jwks_uri: z.url() });
const KeysSchema = z.looseObject({
  keys: z.array(z.looseObject({ kty: z.string(), alg: z.string().optional() })),
});
/** What a JWT authorizer verifies: RSA keys alone. */
const algorithms: readonly string[] = ['RS256', 'RS384', 'RS512'];

class Fault extends Error {
  readonly rule: string;
  readonly problem: Text;

  constructor(rule: string, problem: Text) {
    super(problem.en);
    this.rule = rule;
    this.problem = problem;
  }
}

/**
 * Asks the issuer what API Gateway will ask it: its discovery document and its keys, from the Internet and in time. Without an
 * answer the authorizer cannot be made, and the first deployment fails.
 */
export async function checkIssuer(issuer: string): Promise<Finding[]> {
  try {
    const discovery = DiscoverySchema.safeParse(
      await answerOf(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
    );
    if (!discovery.success || discovery.data.issuer !== issuer) {
      throw new Fault('issuer-name', {
        zh: '发现文档中的签发者与设置不完全一致，网关会拒绝全部令牌。',
        en: 'Its discovery document names another issuer, so that the gateway would refuse every token.',
      });
    }
    const keys = KeysSchema.safeParse(await answerOf(discovery.data.jwks_uri));
    const usable = keys.data?.keys.filter(
      ({ kty, alg }) => kty === 'RSA' && (alg === undefined || algorithms.includes(alg)),
    );
    if (!usable || usable.length === 0) {
      throw new Fault('issuer-keys', {
        zh: '密钥集中没有网关支持的密钥：网关只验证 RSA 签名，不支持国密和椭圆曲线。',
        en: 'It has no key that the gateway can use: RSA signatures alone are verified, neither SM2 nor elliptic curves.',
      });
    }
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [
      {
        rule: error.rule,
        subject: `oidcIssuer ${issuer}`,
        problem: error.problem,
        mend: {
          zh: '请让统一身份认证平台从互联网提供标准的发现文档和 RSA 密钥；做不到时，按运维手册部署身份桥接。',
          en: 'Have the identity platform serve its discovery document and RSA keys to the Internet; where it cannot, put a bridge before it (docs/operations.md).',
        },
      },
    ];
  }
}

async function answerOf(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs), redirect: 'error' });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await response.json();
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new Fault('issuer-reachable', {
      zh: `${url} 在 1.5 秒内没有给出可用的回答，网关无法创建授权方。`,
      en: `${url} gave no usable answer within 1.5 s (${cause}): the gateway could not make its authorizer.`,
    });
  }
}
