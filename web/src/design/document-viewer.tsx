import { useEffect, useRef, useState } from 'react';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { size } from '../data/format.ts';
import { formatWords } from '../data/formats.ts';
import { useText } from '../data/language.tsx';
import { digestOf } from '../data/upload.ts';
import { Failed, Waiting } from './parts.tsx';
import { PdfPages, type Place } from './pdf-pages.tsx';
import './viewer.css';

/** A file that can be looked at: what it is, and a link that opens it for some minutes. */
export interface ViewedFile {
  readonly documentId: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: number;
  readonly sha256: string;
  /** None where the file was found harmful; `reason` says so. */
  readonly url?: string | undefined;
  readonly reason?: { readonly message: Bilingual } | undefined;
  readonly title: string;
}

/** Files that were loaded, so that going back and forth asks for none twice. */
const loaded = new Map<string, ArrayBuffer>();
const keptFiles = 12;

class Changed extends Error {}

async function bytesOf({ documentId, sha256, url }: ViewedFile): Promise<ArrayBuffer> {
  const key = `${documentId} ${sha256}`;
  const known = loaded.get(key);
  if (known) return known;
  if (url === undefined) throw new Error('there is no link');
  const response = await fetch(url);
  if (!response.ok) throw new Error(`status ${response.status}`);
  const bytes = await response.arrayBuffer();
  // What is shown is what was submitted, byte for byte.
  if ((await digestOf(new Blob([bytes]))) !== sha256) throw new Changed();
  loaded.set(key, bytes);
  for (const old of [...loaded.keys()].slice(0, Math.max(0, loaded.size - keptFiles))) loaded.delete(old);
  return bytes;
}

/** Loads a file before somebody looks at it. */
export function prepare(file: ViewedFile): void {
  void bytesOf(file).catch(() => undefined);
}

/**
 * One file: PDFs and pictures in the page, others to download. The hash is taken of what was loaded, so that nobody decides on
 * other bytes than those that were submitted.
 * @param renew asks for new links, where this one has ended.
 */
export function DocumentViewer({ file, renew }: { readonly file: ViewedFile; readonly renew: () => void }) {
  const t = useText();
  const [bytes, setBytes] = useState<{ readonly of: string; readonly bytes: ArrayBuffer }>();
  const [error, setError] = useState<unknown>();
  const places = useRef(new Map<string, Place>());
  const { documentId, contentType } = file;
  const isShown =
    file.url !== undefined && (contentType === 'application/pdf' || contentType.startsWith('image/'));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a link that was renewed opens the same file
  useEffect(() => {
    let isGone = false;
    setError(undefined);
    if (!isShown) return;
    bytesOf(file).then(
      (read) => {
        if (!isGone) setBytes({ of: documentId, bytes: read });
      },
      (failure: unknown) => {
        if (!isGone) setError(failure);
      },
    );
    return () => {
      isGone = true;
    };
  }, [documentId, isShown, error === undefined ? '' : file.url]);
  const download = file.url !== undefined && (
    <a className="button" href={file.url} download={file.fileName}>
      {t({ zh: '下载', en: 'Download' })}
    </a>
  );
  if (error instanceof Changed) {
    return (
      <div className="told bad" role="alert">
        <p>
          {t({
            zh: '文件与提交时不一致（哈希不符），不予显示。请报告系统管理人员。',
            en: 'The file is not the one that was submitted (its hash differs) and is not shown. Report it.',
          })}
        </p>
      </div>
    );
  }
  return (
    <div className="viewer">
      <p className="viewer-name">
        <strong>{file.title}</strong>
        {t({ zh: '：', en: ': ' })}
        {file.fileName} <span className="soft small">{size(file.bytes)}</span> {download}
      </p>
      {error !== undefined && <Failed error={error} retry={renew} />}
      {file.url === undefined && (
        <p className="told bad">
          {t(file.reason?.message ?? { zh: '此文件暂不能打开。', en: 'This file cannot be opened.' })}
        </p>
      )}
      {file.url !== undefined && !isShown && (
        <p>
          {t({
            zh: `此文件（${formatWords([contentType]).zh}）请下载后查看。`,
            en: `Download this file (${formatWords([contentType]).en}) to look at it.`,
          })}
        </p>
      )}
      {isShown && error === undefined && bytes?.of !== documentId && <Waiting />}
      {bytes?.of === documentId &&
        error === undefined &&
        (contentType === 'application/pdf' ? (
          <PdfPages
            key={documentId}
            name={file.fileName}
            bytes={bytes.bytes}
            place={places.current.get(documentId)}
            keep={(place) => places.current.set(documentId, place)}
          />
        ) : (
          <Picture bytes={bytes.bytes} type={contentType} name={file.fileName} />
        ))}
    </div>
  );
}

function Picture({
  bytes,
  type,
  name,
}: {
  readonly bytes: ArrayBuffer;
  readonly type: string;
  readonly name: string;
}) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  return url === undefined ? null : (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard (WCAG 2.1.1)
    <section className="pdf" tabIndex={0} aria-label={name}>
      <img src={url} alt={name} />
    </section>
  );
}
