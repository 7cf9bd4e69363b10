import type { Environment } from '../environment-settings.ts';
import type { Finding } from './finding.ts';
import { resourcesOf, type StackTemplate } from './templates.ts';

/**
 * Whether anybody will be answered: in China API Gateway serves requests without an authorizer, and domains of one's own, only to
 * accounts whose ICP filing the region's operator has entered.
 */
export function checkAccess(
  stacks: readonly StackTemplate[],
  { partition, icp, domain }: Environment,
): Finding[] {
  if (partition !== 'aws-cn' || icp.kind === 'filed') return [];
  const open = stacks.flatMap((stack) =>
    resourcesOf(stack, 'AWS::ApiGatewayV2::Route').filter(
      ([, { Properties }]) => (Properties['AuthorizationType'] ?? 'NONE') === 'NONE',
    ),
  ).length;
  if (open === 0 && domain.kind === 'gateway') return [];
  return [
    {
      rule: 'icp-filing',
      subject: `icp (${open} routes without a login${domain.kind === 'own' ? `, ${domain.name}` : ''})`,
      problem: {
        zh: `有 ${open} 个接口不需要登录，而设置中没有备案号：在中国区域，备案录入账户之前，这些接口和自有域名一律返回禁止访问。`,
        en: `${open} routes need no login, and the settings name no ICP filing: in the regions of China these, and a domain of one's own, answer 403 until the filing stands with the account.`,
      },
      mend: {
        zh: '请完成备案，并请该区域的运营方（北京为光环新网，宁夏为西云数据）把备案录入账户，然后在环境设置中填写备案号。两个区域须分别办理。',
        en: 'File, have the operator of the region (Sinnet in Beijing, NWCD in Ningxia, each by itself) enter the filing for the account, and put its number into icp of the environment (docs/operations.md).',
      },
    },
  ];
}
