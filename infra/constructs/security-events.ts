import * as logs from 'aws-cdk-lib/aws-logs';
import type { Door } from '../../functions/shared/environment.ts';
import type { SecurityEvent, SecurityMessage } from '../../functions/shared/security-event.ts';
import { metricNamespace, pascalCase } from '../names.ts';
import type { ServiceFunction } from './service-function.ts';

/** The functions that tell of an event; whoever has logins can be given claims that do not fit. */
const tellers: Readonly<Record<SecurityEvent, readonly Door[] | 'logins'>> = {
  'guide-published': ['api/operator'],
  'role-granted': ['api/access'],
  'role-revoked': ['api/access'],
  'account-changed': ['api/applicant', 'api/reviewer', 'api/treasury'],
  'payment-returned': ['api/treasury'],
  'reporter-read': ['api/objections'],
  'claims-refused': 'logins',
  'roles-apart': ['api/access'],
};

const withoutLogins: readonly Door[] = ['api/register', 'api/public', 'api/portal'];

/** Name of the metric that counts an event. */
export function securityMetricName(event: SecurityEvent): string {
  return `Security${pascalCase(event)}`;
}

/** Counts what functions tell of security, each event by a metric of its own. */
export function countSecurityEvents(functions: readonly ServiceFunction[]): void {
  // The compiler holds the record to all of them.
  for (const [event, doors] of Object.entries(tellers) as [SecurityEvent, readonly Door[] | 'logins'][]) {
    const message: SecurityMessage = `security.${event}`;
    for (const teller of functions) {
      const { door } = teller;
      if (doors === 'logins' ? withoutLogins.includes(door) : !doors.includes(door)) continue;
      new logs.MetricFilter(teller, pascalCase(event), {
        logGroup: teller.logGroup,
        filterPattern: logs.FilterPattern.literal(`"${message}"`),
        metricNamespace,
        metricName: securityMetricName(event),
        metricValue: '1',
        defaultValue: 0,
      });
    }
  }
}
