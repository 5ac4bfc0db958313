// Step one: a file, streamed to the server with its progress shown.

import { Upload } from 'antd';
import { useState } from 'react';
import type { ImportPreview } from '../../api/types';
import { Icon } from '../../parts/Icon';
import { useSay } from '../../words/say';

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
  const take = (file: File) => {
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
  };
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
      <Upload.Dragger accept=".csv,.txt,.tsv,.xlsx,.parquet" beforeUpload={take} showUploadList={false} multiple={false}>
        <div className="drop">
          <Icon name="upload" size={28} />
          <div className="drop-main">{t('import.drop')}</div>
          <div className="small quiet">{t('import.formats')}</div>
        </div>
      </Upload.Dragger>
    </>
  );
}
