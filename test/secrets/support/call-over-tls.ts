import { request } from 'node:https';

/** Calls a server with certificates of an authority of its own. @returns status, headers and body as one text */
export function callOverTls(
  url: string,
  {
    ca,
    method = 'GET',
    headers = {},
    body,
  }: {
    readonly ca: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    readonly body?: string;
  },
): Promise<{ readonly status: number; readonly text: string; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { ca, method, headers: headers as Record<string, string | string[]>, agent: false },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('error', reject).on('end', () => {
          const head = JSON.stringify(answer.headers);
          resolve({ status: answer.statusCode ?? 0, text: `${head}\n${text}`, body: text });
        });
      },
    );
    outgoing.on('error', reject).end(body);
  });
}
