import { useEffect, useRef, useState } from 'react';
import type { Answer } from '../data/api.ts';
import { size } from '../data/format.ts';
import { useText } from '../data/language.tsx';
import { send } from '../data/upload.ts';
import { Field, Tag } from './parts.tsx';

/** What the API takes: see the contract of objections. */
const most = { files: 5, bytes: 20 * 1024 * 1024, types: ['application/pdf', 'image/png', 'image/jpeg'] };

/** Chooses the files of an objection; they go with it once it is sent. */
export function Evidence({
  files,
  change,
  fault,
}: {
  readonly files: readonly File[];
  readonly change: (files: readonly File[]) => void;
  readonly fault: string | undefined;
}) {
  const t = useText();
  const [refused, setRefused] = useState<readonly string[]>([]);
  const add = (chosen: Iterable<File>) => {
    const fitting: File[] = [];
    const others: string[] = [];
    for (const file of chosen) {
      const isFitting = most.types.includes(file.type) && file.size > 0 && file.size <= most.bytes;
      if (isFitting && files.length + fitting.length < most.files) fitting.push(file);
      else others.push(file.name);
    }
    change([...files, ...fitting]);
    setRefused(others);
  };
  const limits = t({
    zh: `PDF、JPG 或 PNG，至多 ${most.files} 个，每个不超过 ${size(most.bytes)}`,
    en: `PDF, JPG or PNG, at most ${most.files}, up to ${size(most.bytes)} each`,
  });
  return (
    <>
      <Field
        id="evidence"
        label={t({ zh: '证据（可不附）', en: 'Evidence (optional)' })}
        hint={limits}
        fault={
          fault ??
          (refused.length > 0
            ? t({
                zh: `未加入：${refused.join('、')}。${limits}`,
                en: `Not taken: ${refused.join(', ')}. ${limits}`,
              })
            : undefined)
        }
      >
        {(props) => (
          <input
            {...props}
            type="file"
            multiple
            accept={most.types.join(',')}
            onChange={({ target }) => {
              if (target.files) add(target.files);
              target.value = '';
            }}
          />
        )}
      </Field>
      {files.length > 0 && (
        <ul className="steps">
          {files.map((file) => (
            <li key={`${file.name} ${file.size} ${file.lastModified}`}>
              <span>
                {file.name} <span className="soft small">{size(file.size)}</span>
              </span>
              <button
                type="button"
                className="plain"
                onClick={() => change(files.filter((one) => one !== file))}
              >
                {t({ zh: '移除', en: 'Take out' })}
                <span className="unseen"> {file.name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

type Uploads = Answer<'POST /v1/objections'>['uploads'];

/** Sends the files of an objection that was taken, each to its own place; what broke off is gone on with. */
export function EvidenceUploads({
  uploads,
  files,
}: {
  readonly uploads: Uploads;
  readonly files: readonly File[];
}) {
  const t = useText();
  const [steps, setSteps] = useState<readonly ('sending' | 'sent' | 'broken')[]>(() =>
    uploads.map(() => 'sending'),
  );
  const isBegun = useRef(false);
  const start = async (index: number) => {
    const [upload, file] = [uploads[index], files[index]];
    if (!upload || !file) return;
    const step = (now: 'sending' | 'sent' | 'broken') =>
      setSteps((before) => before.map((one, place) => (place === index ? now : one)));
    step('sending');
    const unheard = { signal: new AbortController().signal, told: () => undefined };
    await send(upload.url, upload.headers, file, unheard).then(
      () => step('sent'),
      () => step('broken'),
    );
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it was taken
  useEffect(() => {
    if (isBegun.current) return;
    isBegun.current = true;
    for (const index of uploads.keys()) void start(index);
  }, []);
  const isOpen = steps.some((step) => step !== 'sent');
  useEffect(() => {
    if (!isOpen) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', stay);
    return () => window.removeEventListener('beforeunload', stay);
  }, [isOpen]);
  if (uploads.length === 0) return null;
  return (
    <>
      <h2>{t({ zh: '证据', en: 'Evidence' })}</h2>
      {isOpen && (
        <p>{t({ zh: '文件传完之前请勿关闭本页。', en: 'Keep this page open until the files are sent.' })}</p>
      )}
      <ul className="steps">
        {uploads.map(({ fileName, url }, index) => (
          <li key={url}>
            <span>{fileName}</span>
            <span role="status">
              {steps[index] === 'sent' && <Tag tone="good">{t({ zh: '已传送', en: 'Sent' })}</Tag>}
              {steps[index] === 'sending' && <Tag>{t({ zh: '正在传送……', en: 'Being sent…' })}</Tag>}
              {steps[index] === 'broken' && (
                <>
                  <Tag tone="bad">{t({ zh: '传送中断', en: 'Broken off' })}</Tag>{' '}
                  <button type="button" className="plain" onClick={() => void start(index)}>
                    {t({ zh: '继续传送', en: 'Go on' })}
                  </button>
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
