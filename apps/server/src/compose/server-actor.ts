import type { Caller } from '@bfm/service';

/** What the server does by itself, as audit and history name it. */
export const SERVER_CALLER: Caller = {
  name: 'bfm-server',
  tokenId: null,
  ip: null,
  requestId: null,
  role: 'admin',
  method: 'auto',
  context: {
    connection_type: 'server',
    endpoint: '',
    method: '',
    request_id: '',
    executed_by: 'bfm-server',
    execution_method: 'auto_migrate',
  },
};
