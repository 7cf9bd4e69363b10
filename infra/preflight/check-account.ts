import type { Environment } from '../environment-settings.ts';
import { type Account, AccountError } from './account.ts';
import { checkDeployed, isFirstDeployment } from './check-first-deployment.ts';
import { checkIndexUpdates } from './check-limits.ts';
import type { Finding } from './finding.ts';
import type { StackTemplate } from './templates.ts';

/** What the account may run at once at least: new accounts begin with 10, which one import takes up. */
const leastConcurrency = 200;

/** Whether the account is the right one and ready: bootstrapped, its stacks in a state that can be deployed, its quotas. */
export function checkAccount(
  account: Account,
  stacks: readonly StackTemplate[],
  environment: Environment,
): Finding[] {
  try {
    const number = account.number();
    if (number !== environment.account) return [otherAccount(number, environment)];
    return [
      ...checkBootstrap(account, stacks, environment),
      ...checkConcurrency(account),
      ...stacks.flatMap((stack) => {
        const deployed = account.stack(stack.name);
        const findings = checkDeployed(stack.name, deployed);
        if (isFirstDeployment(deployed)) return findings;
        return [...findings, ...checkIndexUpdates(stack, account.deployedResources(stack.name))];
      }),
    ];
  } catch (error) {
    if (!(error instanceof AccountError)) throw error;
    return [
      {
        rule: 'account-reachable',
        subject: `account ${environment.account}, ${environment.region}`,
        problem: {
          zh: '无法查询账户。',
          en: `The account could not be asked: ${error.message}.`,
        },
        mend: {
          zh: '请安装命令行工具并登录该账户；只检查模板时请用离线方式。',
          en: 'Install the AWS CLI and log in to the account; with --offline templates and settings alone are checked.',
        },
      },
    ];
  }
}

function checkBootstrap(
  account: Account,
  stacks: readonly StackTemplate[],
  { name }: Environment,
): Finding[] {
  const needed = Math.max(...stacks.map(({ bootstrapVersion }) => bootstrapVersion));
  const version = account.bootstrapVersion();
  if (version >= needed) return [];
  return [
    {
      rule: 'bootstrap-version',
      subject: `CDKToolkit (${version})`,
      problem: {
        zh: `该账户和区域的引导堆栈版本为 ${version}，需要 ${needed}；没有它什么都不能部署。`,
        en: `The bootstrap stack of this account and region has version ${version}, and ${needed} is needed: nothing can be deployed without it.`,
      },
      mend: { zh: '请先运行引导命令。', en: `npm run bootstrap -- ${name}` },
    },
  ];
}

function checkConcurrency(account: Account): Finding[] {
  const concurrency = account.concurrency();
  if (concurrency >= leastConcurrency) return [];
  return [
    {
      rule: 'lambda-concurrency',
      subject: `Lambda (${concurrency})`,
      problem: {
        zh: `该账户同时最多运行 ${concurrency} 个函数实例，截止日前的高峰需要至少 ${leastConcurrency} 个。`,
        en: `The account runs ${concurrency} sandboxes at once at most, and the hours before a closing need ${leastConcurrency}.`,
      },
      mend: {
        zh: '请在服务配额中申请提高并发执行数。',
        en: 'Ask for more under Service Quotas, Lambda, Concurrent executions.',
      },
    },
  ];
}

function otherAccount(number: string, environment: Environment): Finding {
  return {
    rule: 'other-account',
    subject: `account ${number}`,
    problem: {
      zh: `当前登录的是账户 ${number}，而环境属于账户 ${environment.account}。`,
      en: `The credentials are of account ${number}, and the environment is of ${environment.account}.`,
    },
    mend: { zh: '请登录环境所属的账户。', en: 'Log in to the account of the environment.' },
  };
}
