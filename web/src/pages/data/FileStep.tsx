// Step one: a file, streamed to the server with its progress shown; or cells copied in a spreadsheet and pasted here.

import { Button, Input, Upload } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import type { ImportPreview } from '../../api/types';
import { Icon } from '../../parts/Icon';
import { useSay } from '../../words/say';

/** Cells copied in a spreadsheet: lines with tabs between them, more than one. */
const isTable = (text: string): boolean => /\t/.test(text) && text.trim().split(/\r?\n/).length > 1;

interface Sending { name: string; part: number }

/** `fetch` does not tell how far an upload is; XMLHttpRequest does. */
function send(file: File, told: (part: number) => void): Promise<ImportPreview> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/imports/uploads?file_name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('X-Liuke', '1');
    request.setRequestHeader('Accept-Language', document.documentElement.lang);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = (event) => event.lengthComputable && told(event.loaded / event.total);
    request.onerror = () => reject(new Error(''));
    request.onload = () => {
      let body: unknown = null;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        // Answered below as a failure.
      }
      if (request.status >= 200 && request.status < 300 && body) resolve(body as ImportPreview);
      else {
        const { detail = '', hint = '' } = (body ?? {}) as { detail?: string; hint?: string };
        reject(new Error([detail, hint].filter(Boolean).join(' ')));
      }
    };
    request.send(file);
  });
}

export function FileStep({ ready }: { ready: (preview: ImportPreview) => void }) {
  const { t, share } = useSay();
  const [sending, setSending] = useState<Sending | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const take = useCallback((file: File) => {
    setFailure(null);
    setSending({ name: file.name, part: 0 });
    send(file, (part) => setSending({ name: file.name, part })).then(
      (preview) => ready(preview),
      (error: Error) => {
        setSending(null);
        setFailure(error.message || t('import.upload_failed'));
      },
    );
    return false;
  }, [ready, t]);
  const takeText = useCallback((text: string) => take(new File([text], `${t('import.pasted_name')}.tsv`, { type: 'text/tab-separated-values' })), [take, t]);
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if ((event.target as Element | null)?.closest?.('input,textarea') || !isTable(text)) return;
      event.preventDefault();
      takeText(text);
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, [takeText]);
  if (sending) {
    return (
      <div className="card wizard-body" role="status">
        <div className="import-progress">
          <div className="line"><Icon name="file" /><span className="clip">{sending.name}</span><span className="push soft number">{t('import.uploading', { share: share(sending.part, 0) })}</span></div>
          <div className="progress"><span style={{ width: `${sending.part * 100}%` }} /></div>
        </div>
      </div>
    );
  }
  return (
    <>
      {failure && <div className="missing" role="alert">{failure}</div>}
      <Upload.Dragger accept=".csv,.txt,.tsv,.json,.ndjson,.jsonl,.xls,.xlsx,.html,.parquet,.gz,.zip" beforeUpload={take} showUploadList={false} multiple={false}>
        <div className="drop">
          <Icon name="upload" size={28} />
          <div className="drop-main">{t('import.drop')}</div>
          <div className="small quiet">{t('import.formats')}</div>
        </div>
      </Upload.Dragger>
      <Paste take={takeText} />
    </>
  );
}

/** For those who would rather see where the cells go. */
function Paste({ take }: { take: (text: string) => void }) {
  const { t } = useSay();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  if (!open) return <p className="paste small quiet">{t('import.paste_hint')} <button type="button" className="link as-link" onClick={() => setOpen(true)}>{t('import.paste_open')}</button></p>;
  return (
    <div className="card wizard-body" style={{ gap: 12 }}>
      <Input.TextArea autoFocus value={text} onChange={(event) => setText(event.target.value)} autoSize={{ minRows: 6, maxRows: 14 }} placeholder={t('import.paste_place')} aria-label={t('import.paste_place')} spellCheck={false} style={{ whiteSpace: 'pre', overflowX: 'auto' }} />
      <div className="wizard-foot">
        <Button onClick={() => setOpen(false)}>{t('act.cancel')}</Button>
        <Button type="primary" disabled={text.trim().split(/\r?\n/).length < 2} onClick={() => take(text)}>{t('import.paste_take')}</Button>
      </div>
    </div>
  );
}
