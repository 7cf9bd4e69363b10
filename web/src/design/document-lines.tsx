import { Offline, Problem } from '../data/api.ts';
import { size } from '../data/format.ts';
import { useText } from '../data/language.tsx';
import type { DocumentView } from '../data/queries.ts';
import type { UploadStep } from '../data/upload.ts';
import { Tag } from './parts.tsx';

/** A file on its way. */
export interface Sending {
  readonly id: string;
  readonly file: File;
  readonly step: UploadStep | undefined;
  readonly error?: unknown;
}

/** Whether a document may still be accepted. */
export function isAwaited({ status }: Pick<DocumentView, 'status'>): boolean {
  return status === 'awaiting-upload' || status === 'quarantined';
}

/** What became of a document. */
export function DocumentTag({
  document: { status, late, overdue },
}: {
  readonly document: Pick<DocumentView, 'status' | 'late' | 'overdue'>;
}) {
  const t = useText();
  if (late) return <Tag tone="warn">{t({ zh: '提交后才到，未计入', en: 'Came after the submission' })}</Tag>;
  switch (status) {
    case 'accepted':
      return <Tag tone="good">{t({ zh: '已接收', en: 'Accepted' })}</Tag>;
    case 'refused':
      return <Tag tone="bad">{t({ zh: '未通过检查', en: 'Refused' })}</Tag>;
    case 'superseded':
      return <Tag>{t({ zh: '已被替换', en: 'Replaced' })}</Tag>;
    case 'awaiting-upload':
      return <Tag tone="warn">{t({ zh: '等待文件或检查中', en: 'Awaited, or being checked' })}</Tag>;
    case 'quarantined':
      return (
        <Tag tone="warn">
          {overdue
            ? t({
                zh: '病毒检查耗时较长，已通知运维',
                en: 'Scanned for longer than usual; the operators know',
              })
            : t({ zh: '正在进行病毒检查', en: 'Being scanned' })}
        </Tag>
      );
  }
}

/** A file on its way: how far it is, or why it is not. */
export function SendingLine({
  sending: { file, step, error },
  cancel,
  again,
  drop,
}: {
  readonly sending: Sending;
  readonly cancel: () => void;
  readonly again: () => void;
  readonly drop: () => void;
}) {
  const t = useText();
  return (
    <li>
      <span>
        {file.name} <span className="soft small">{size(file.size)}</span>
        {error !== undefined && (
          <span className="wrong" role="alert">
            {error instanceof Problem
              ? t(error.faults[0]?.messages ?? error.said)
              : error instanceof Offline
                ? t({ zh: '上传中断：网络不通', en: 'Broken off: no network' })
                : t({ zh: '上传失败', en: 'It could not be sent' })}
          </span>
        )}
      </span>
      <span>
        {error === undefined ? (
          <>
            {step?.step === 'sending' ? (
              <progress value={step.sent} max={step.of} aria-label={file.name} />
            ) : (
              <span role="status">
                {step?.step === 'checking'
                  ? t({ zh: '正在检查……', en: 'Being checked…' })
                  : t({ zh: '正在读取……', en: 'Being read…' })}
              </span>
            )}{' '}
            <button type="button" className="plain" onClick={cancel}>
              {t({ zh: '取消', en: 'Cancel' })}
            </button>
          </>
        ) : (
          <>
            {error instanceof Offline && (
              <button type="button" className="plain" onClick={again}>
                {t({ zh: '继续上传', en: 'Go on' })}
              </button>
            )}
            <button type="button" className="plain" onClick={drop}>
              {t({ zh: '关闭', en: 'Close' })}
            </button>
          </>
        )}
      </span>
    </li>
  );
}
