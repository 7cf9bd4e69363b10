import type { Bilingual } from './text.ts';

/** Each problem the system can answer with: its stable code, HTTP status and titles. */
export const problems = {
  'invalid-request': { status: 400, zh: '请求内容有误', en: 'The request is not valid' },
  'not-json': { status: 400, zh: '请求正文不是有效的 JSON', en: 'The body is not valid JSON' },
  unauthenticated: { status: 401, zh: '请先登录', en: 'Sign in first' },
  'login-too-weak': {
    status: 401,
    zh: '请以更强的认证方式重新登录',
    en: 'Sign in again in a stronger way',
  },
  'login-refused': {
    status: 403,
    zh: '登录信息不符合要求',
    en: 'What the login says is not as asked for',
  },
  'not-granted': {
    status: 403,
    zh: '该角色未经授权，或授权已到期、已撤销',
    en: 'This role is not granted to you, or not any more',
  },
  'roles-apart': {
    status: 409,
    zh: '该人员不得兼任这些角色',
    en: 'This person may not have these roles together',
  },
  forbidden: { status: 403, zh: '没有权限', en: 'You may not do this' },
  'not-found': { status: 404, zh: '未找到', en: 'Not found' },
  'precondition-required': { status: 428, zh: '缺少 If-Match', en: 'If-Match is required' },
  'version-mismatch': {
    status: 412,
    zh: '内容已被他人修改，请刷新后重试',
    en: 'It was changed meanwhile: read it again',
  },
  'not-in-this-state': {
    status: 409,
    zh: '当前状态不允许此操作',
    en: 'Its present state does not allow this',
  },
  'item-not-open': { status: 409, zh: '该事项目前不受理申报', en: 'This item takes no applications now' },
  'uscc-check-digit': {
    status: 409,
    zh: '统一社会信用代码校验位不符，请核对并确认',
    en: 'The check character of the credit code does not fit: check it and confirm',
  },
  incomplete: { status: 422, zh: '申报内容不完整', en: 'The application is not complete' },
  'idempotency-key-reused': {
    status: 422,
    zh: '该 Idempotency-Key 已用于另一请求',
    en: 'This Idempotency-Key was used for another request',
  },
  'task-decided': { status: 409, zh: '该任务已有决定', en: 'This task has been decided' },
  'task-expired': { status: 409, zh: '该任务已过期', en: 'This task has expired' },
  'task-closed': { status: 409, zh: '该任务已关闭', en: 'This task is closed' },
  'task-assigned': { status: 409, zh: '该任务已由他人领取', en: 'Another person has taken this task' },
  'basis-changed': {
    status: 409,
    zh: '申报内容已变更，请按最新内容重新审核',
    en: 'What the decision is based on has changed: look at it again',
  },
  'conflict-of-interest': {
    status: 403,
    zh: '与该单位有利害关系，应当回避',
    en: 'You declared an interest in this organisation and may not decide',
  },
  'dishonesty-listed': {
    status: 409,
    zh: '单位已列入严重失信主体名单，不得推荐、核准或支付',
    en: 'The enterprise is on the list of serious dishonesty: it is not recommended, approved or paid',
  },
  'scores-missing': {
    status: 409,
    zh: '专家评分尚未完成',
    en: 'The scores that the guide asks for are not all there',
  },
  'correction-rounds-used': {
    status: 409,
    zh: '补正次数已用完',
    en: 'The guide allows no further round of correction',
  },
  'deadline-passed': { status: 409, zh: '已超过期限', en: 'The deadline has passed' },
  'calendar-missing': {
    status: 409,
    zh: '尚未载入该年度的工作日历',
    en: 'The official calendar of that year is not loaded yet',
  },
  'amount-too-high': { status: 422, zh: '金额超过上限', en: 'The amount is above its limit' },
  'same-person': { status: 403, zh: '同一人不得兼办两个环节', en: 'One person may not decide in two stages' },
  'taken-meanwhile': {
    status: 409,
    zh: '原占用的名额或事项已被其他申报占用',
    en: 'Another application has meanwhile taken what this one held',
  },
  'already-exists': { status: 409, zh: '已存在', en: 'It exists already' },
  'concurrent-change': {
    status: 409,
    zh: '同时有其他修改，请重试',
    en: 'It was changed at the same time: try again',
  },
  'too-many-requests': {
    status: 429,
    zh: '次数过多，请稍后再试',
    en: 'Too many in so short a time: try again later',
  },
  'quota-exceeded': {
    status: 409,
    zh: '已达到本单位的限额',
    en: 'Your organisation has reached a limit',
  },
  'payload-too-large': { status: 413, zh: '内容过大', en: 'It is too large' },
  'unsupported-media-type': { status: 415, zh: '不支持的内容类型', en: 'This content type is not accepted' },
  'insufficient-funds': { status: 409, zh: '资金池余额不足', en: 'The pool has not enough money' },
  unavailable: { status: 503, zh: '系统繁忙，请稍后重试', en: 'Busy: try again shortly' },
  internal: { status: 500, zh: '系统内部错误', en: 'An internal error' },
} as const satisfies Record<string, { status: number } & Bilingual>;

export type ProblemCode = keyof typeof problems;

/** A fault of one field of the request or of the stored content. */
export interface FieldFault {
  /** Where it is, e.g. `facts.revenueFen` or `header.if-match`. */
  readonly path: string;
  /** The rule that it breaks, in stable words. */
  readonly rule: string;
  readonly message: Bilingual;
  /** Clause of the notice, place in the guide, or standard. */
  readonly citation?: string;
}

/** A refusal that the domain knows: its code is stable, and the edges translate it (RFC 9457 over HTTP). */
export class DomainError extends Error {
  override readonly name: string = 'DomainError';
  readonly code: ProblemCode;
  readonly detail: Bilingual | undefined;
  readonly faults: readonly FieldFault[];

  constructor(code: ProblemCode, options: { detail?: Bilingual; faults?: readonly FieldFault[] } = {}) {
    super(`${code}: ${options.detail?.en ?? problems[code].en}`);
    this.code = code;
    this.detail = options.detail;
    this.faults = options.faults ?? [];
  }
}

/** Somebody has logged in, and not by what is asked for here (RFC 9470). */
export class WeakLoginError extends DomainError {
  /** For the header `www-authenticate`. */
  readonly challenge: string;

  /** @param acrValues what the issuer is to be asked for; none where the environment goes by `amr`. */
  constructor(acrValues: readonly string[] = []) {
    super('login-too-weak');
    const asked = acrValues.length > 0 ? `, acr_values="${acrValues.join(' ')}"` : '';
    this.challenge = `Bearer error="insufficient_user_authentication"${asked}`;
  }
}

/** Something that may go through when it is tried again: throttling, a transaction conflict, a broken connection. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
}

/** The names by which state machines may tell our errors apart, beside the predefined ones. */
export const workflowErrorNames = ['TransientError'] as const;

const transientNames = new Set([
  'DependencyTimeoutException',
  'InternalServerError',
  'InternalServiceError',
  'KMSInternalException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestTimeout',
  'ServiceUnavailable',
  'SlowDown',
  'ThrottlingException',
  'TimeoutError',
  'TransactionConflictException',
  'TransactionInProgressException',
  'TransientError',
]);

/** A connection that could not be made, or that broke, by the codes of Node. */
const brokenConnection = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * Whether an error of an AWS client or of ours is worth another try: by its name, by its connection, or since a service answered
 * with a status that says that it cannot now.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (transientNames.has(error.name) || brokenConnection.has(code)) return true;
  const status = Object('$metadata' in error ? error.$metadata : undefined).httpStatusCode;
  return typeof status === 'number' && (status >= 500 || status === 429);
}
