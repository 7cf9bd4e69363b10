import type { Finding } from './finding.ts';
import type { StackTemplate } from './templates.ts';

/**
 * Resources that a first deployment which fails would leave behind: the next attempt makes new ones beside them, or cannot, where
 * their names are taken.
 */
export function checkOrphans(stack: StackTemplate): Finding[] {
  return Object.entries(stack.resources)
    .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
    .map(([id, { Type }]) => ({
      rule: 'orphaned-resource',
      subject: `${stack.name} ${id} (${Type})`,
      problem: {
        zh: '第一次部署失败并回滚后，这项资源会留在账户里，不属于任何堆栈。',
        en: 'When the deployment that makes it fails and is rolled back, it stays in the account and belongs to no stack.',
      },
      mend: {
        zh: '请使用“创建回滚时除外”的保留策略。',
        en: 'Give it the policy RetainExceptOnCreate (`removalPolicy` in infra/constructs/service-function.ts).',
      },
    }));
}

/** How a stack is in the account. */
export interface DeployedStack {
  readonly status: string;
  readonly terminationProtection: boolean;
}

/** States in which a stack has never been complete: it is deleted before the next attempt. */
const neverComplete = new Set([
  'REVIEW_IN_PROGRESS',
  'CREATE_FAILED',
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'DELETE_FAILED',
]);

/** Whether a stack is deployed for the first time, so that nothing of it is protected yet. */
export function isFirstDeployment(deployed: DeployedStack | undefined): boolean {
  return deployed === undefined || neverComplete.has(deployed.status);
}

/** What stands in the way of the next deployment of a stack. */
export function checkDeployed(name: string, deployed: DeployedStack | undefined): Finding[] {
  if (!deployed) return [];
  const { status, terminationProtection } = deployed;
  if (neverComplete.has(status) && terminationProtection) {
    return [
      {
        rule: 'protected-failed-stack',
        subject: `${name} (${status})`,
        problem: {
          zh: '上次部署没有成功，而堆栈已受终止保护，无法删除后重新部署。',
          en: 'Its first deployment failed, and its termination protection keeps it from being deleted for the next one.',
        },
        mend: {
          zh: '请先解除终止保护，再重新部署；步骤见运维手册。',
          en: `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name}, then deploy again (docs/operations.md).`,
        },
      },
    ];
  }
  if (status.endsWith('_IN_PROGRESS') || /^(UPDATE_)?ROLLBACK_FAILED$|^DELETE_FAILED$/.test(status)) {
    return [
      {
        rule: 'stack-status',
        subject: `${name} (${status})`,
        problem: {
          zh: '堆栈现在的状态不能部署。',
          en: 'A stack in this state cannot be deployed.',
        },
        mend: {
          zh: '请等待进行中的操作结束，或者按运维手册处理失败的回滚。',
          en: 'Wait for the operation to end, or resolve the failed rollback (docs/operations.md).',
        },
      },
    ];
  }
  return [];
}
