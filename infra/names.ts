import type { Door } from '../functions/shared/environment.ts';

/** First part of every physical name. */
export const systemName = 'software-support';

/** CloudWatch namespace of the metrics that the system makes itself. */
export const metricNamespace = 'SoftwareSupport';

/**
 * Physical names of what alarms watch. They are fixed, so that the observability stack can name a function or a state
 * machine without an export of its stack: CloudFormation refuses to remove an exported function while another
 * stack still imports it, and every rename would need two deployments.
 */
export const names = {
  stack: (environment: string, part: 'state' | 'workflow' | 'api' | 'observability') =>
    `${systemName}-${environment}-${part}`,
  function: (environment: string, door: Door) => `${systemName}-${environment}-${door.replace('/', '-')}`,
  stateMachine: (environment: string, definition: string) => `${systemName}-${environment}-${definition}`,
  bus: (environment: string) => `${systemName}-${environment}`,
  queue: (environment: string, purpose: string) => `${systemName}-${environment}-${purpose}`,
  /** Log groups that a service delivers to: at other names each would take room in a policy of the account. */
  deliveredLogs: (environment: string, service: 'apis' | 'states', name: string) =>
    `/aws/vendedlogs/${service}/${systemName}-${environment}-${name}`,
};

/** `workflow/check-eligibility` → `WorkflowCheckEligibility`. */
export function pascalCase(name: string): string {
  return name
    .split(/[/-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
