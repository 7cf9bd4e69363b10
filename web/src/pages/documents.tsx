import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { ask, Problem } from '../data/api.ts';
import { size } from '../data/format.ts';
import { acceptOf, formatWords } from '../data/formats.ts';
import { useText } from '../data/language.tsx';
import {
  type ApplicationView,
  application as applicationQuery,
  type DocumentView,
  documents as documentsQuery,
  form as formQuery,
  type OpenItem,
} from '../data/queries.ts';
import { upload } from '../data/upload.ts';
import { ApplicationHead } from '../design/application-head.tsx';
import { DocumentTag, isAwaited, type Sending, SendingLine } from '../design/document-lines.tsx';
import { FileLink } from '../design/file-link.tsx';
import { Failed, Page, Waiting } from '../design/parts.tsx';
import { ForApplicants } from '../design/signed-in.tsx';
import { TemplateLink } from '../design/template-link.tsx';

const title = { zh: '上传材料', en: 'Documents' };

/** The documents of an application, by the materials that its guide asks for. */
export function Documents() {
  return <ForApplicants title={title}>{() => <Load />}</ForApplicants>;
}

function Load() {
  const t = useText();
  const { applicationId } = useParams({ from: '/applications/$applicationId/documents' });
  const loaded = useQuery(applicationQuery(applicationId));
  const item = useQuery(formQuery(applicationId));
  const listed = useQuery({
    ...documentsQuery(applicationId),
    // What was sent is looked at within seconds.
    refetchInterval: ({ state }) => (state.data?.some(isAwaited) ? 1500 : false),
  });
  const error = loaded.error ?? item.error ?? listed.error;
  if (error || !loaded.data || !item.data || !listed.data) {
    return (
      <Page title={title}>
        {error ? <Failed error={error} retry={() => void listed.refetch()} /> : <Waiting />}
      </Page>
    );
  }
  const application = loaded.data.body;
  const isChangeable = application.status === 'draft' || application.status === 'returned';
  return (
    <Page title={title}>
      {isChangeable && (
        <>
          <ApplicationHead application={application} at="documents" closesAt={item.data.closesAt} />
          <p>
            {t({
              zh: '每项材料至少一个文件。文件选好即上传，申报尚未提交：请在第 3 步核对并提交。',
              en: 'Each kind takes one file or more. A chosen file is sent at once; the application is not submitted before step 3.',
            })}
          </p>
        </>
      )}
      {item.data.materials.length === 0 && (
        <p>{t({ zh: '本事项不要求提交材料。', en: 'This measure asks for no documents.' })}</p>
      )}
      {item.data.materials.map((material) => (
        <Material
          key={material.id}
          {...{ application, material }}
          documents={listed.data.filter((document) => document.material === material.id)}
          isOpen={isMaterialOpen(application, material.id)}
        />
      ))}
      {isChangeable && (
        <div className="actions">
          <Link className="button first" to="/applications/$applicationId/check" params={{ applicationId }}>
            {t({ zh: '继续：核对并提交', en: 'Continue: check and submit' })}
          </Link>
        </div>
      )}
    </Page>
  );
}

function isMaterialOpen({ status, correction }: ApplicationView, material: string): boolean {
  if (status === 'draft') return true;
  return correction?.items.some(({ path }) => path === `documents.${material}`) ?? false;
}

type MaterialOf = OpenItem['materials'][number];

function Material({
  application,
  material,
  documents,
  isOpen,
}: {
  readonly application: ApplicationView;
  readonly material: MaterialOf;
  readonly documents: readonly DocumentView[];
  readonly isOpen: boolean;
}) {
  const t = useText();
  const queries = useQueryClient();
  const { applicationId, correction } = application;
  const [sendings, setSendings] = useState<readonly Sending[]>([]);
  const [isOver, setOver] = useState(false);
  const cancels = useRef(new Map<string, AbortController>());
  const reason = correction?.items.find(({ path }) => path === `documents.${material.id}`);

  useEffect(() => {
    const running = cancels.current;
    return () => {
      for (const controller of running.values()) controller.abort();
    };
  }, []);

  const update = useCallback((id: string, change: Partial<Sending> | 'gone') => {
    setSendings((before) =>
      change === 'gone'
        ? before.filter((one) => one.id !== id)
        : before.map((one) => (one.id === id ? { ...one, ...change } : one)),
    );
  }, []);
  const start = useCallback(
    async (id: string, file: File) => {
      const controller = new AbortController();
      cancels.current.set(id, controller);
      update(id, { step: { step: 'reading' }, error: undefined });
      try {
        await upload(applicationId, material.id, file, {
          signal: controller.signal,
          told: (step) => update(id, { step }),
        });
        update(id, 'gone');
      } catch (error) {
        if (error instanceof DOMException && error.name === 'AbortError') update(id, 'gone');
        else update(id, { error });
      } finally {
        cancels.current.delete(id);
        await queries.invalidateQueries({ queryKey: ['documents', applicationId] });
      }
    },
    [applicationId, material.id, queries, update],
  );
  const add = (files: Iterable<File>) => {
    const added = [...files].map((file) => ({ id: crypto.randomUUID(), file, step: undefined }));
    setSendings((before) => [...before, ...added]);
    for (const { id, file } of added) {
      const fault = faultOf(file, material);
      if (fault) update(id, { error: new Problem(400, { messages: fault }) });
      else void start(id, file);
    }
  };
  const remove = async (document: DocumentView) => {
    const sure = t({ zh: `移除“${document.fileName}”？`, en: `Take out “${document.fileName}”?` });
    if (!window.confirm(sure)) return;
    await ask('DELETE /v1/applications/{applicationId}/documents/{documentId}', {
      params: { applicationId, documentId: document.documentId },
    }).catch(() => undefined);
    await queries.invalidateQueries({ queryKey: ['documents', applicationId] });
  };
  const id = `documents.${material.id}`;
  const shown = documents.filter(({ status }) => status !== 'superseded');
  return (
    <section aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{t(material.title)}</h2>
      {reason && (
        <div className="told warn">
          <p>{t(reason.reason)}</p>
        </div>
      )}
      {isOpen && material.template !== undefined && (
        <p>
          <TemplateLink material={material} name={t(material.title)} />
        </p>
      )}
      {shown.length > 0 && (
        <ul className="steps">
          {shown.map((document) => (
            <li key={document.documentId}>
              <div>
                <FileLink document={document} applicationId={applicationId} />
                {document.status === 'refused' && document.reason && (
                  <span className="wrong">{t(document.reason.message)}</span>
                )}
              </div>
              <span>
                <DocumentTag document={document} />{' '}
                {isOpen && (
                  <button type="button" className="plain" onClick={() => void remove(document)}>
                    {t({ zh: '移除', en: 'Take out' })}
                    <span className="unseen"> {document.fileName}</span>
                  </button>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      {sendings.length > 0 && (
        <ul className="steps">
          {sendings.map((one) => (
            <SendingLine
              key={one.id}
              sending={one}
              cancel={() => cancels.current.get(one.id)?.abort()}
              again={() => void start(one.id, one.file)}
              drop={() => update(one.id, 'gone')}
            />
          ))}
        </ul>
      )}
      {isOpen && (
        // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the field inside is the first
        <div
          className={isOver ? 'drop over' : 'drop'}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            add(event.dataTransfer.files);
          }}
        >
          <input
            id={id}
            className="unseen"
            type="file"
            multiple
            aria-describedby={`${id}-hint`}
            accept={acceptOf(material.formats)}
            onChange={({ target }) => {
              if (target.files) add(target.files);
              target.value = '';
            }}
          />
          <label htmlFor={id} className="button">
            {t({ zh: '选择文件', en: 'Choose files' })}
            <span className="unseen"> {t(material.title)}</span>
          </label>{' '}
          <span>{t({ zh: '或拖放到此处', en: 'or drop them here' })}</span>
          <span className="hint" id={`${id}-hint`}>
            {t({
              zh: `可多选。格式：${formatWords(material.formats).zh}；每个文件不超过 ${size(material.maxBytes)}`,
              en: `Several at once. Formats: ${formatWords(material.formats).en}; up to ${size(material.maxBytes)} a file`,
            })}
          </span>
        </div>
      )}
    </section>
  );
}

/** What a browser can see of a file before it is sent: its size. What it really is the server looks at. */
function faultOf(file: File, { maxBytes }: MaterialOf): Bilingual | undefined {
  if (file.size === 0) return { zh: '文件是空的', en: 'The file is empty' };
  if (file.size <= maxBytes) return undefined;
  return {
    zh: `文件 ${size(file.size)}，超过上限 ${size(maxBytes)}：请压缩或拆分后再上传`,
    en: `The file has ${size(file.size)}, and ${size(maxBytes)} is the limit: make it smaller or split it`,
  };
}
