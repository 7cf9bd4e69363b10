/** What whoever watches over the system is told of at once: each has a metric, an alarm and a part of a runbook. */
export const securityEvents = [
  'guide-published',
  'role-granted',
  'role-revoked',
  'account-changed',
  'payment-returned',
  'reporter-read',
  'claims-refused',
  'roles-apart',
] as const;
export type SecurityEvent = (typeof securityEvents)[number];

/** The message by which an event is logged, and counted. */
export type SecurityMessage = `security.${SecurityEvent}`;
