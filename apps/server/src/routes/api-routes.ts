import type { ControlContext } from '@bfm/service';
import type { Route } from '../http/route.ts';
import { toCheckRoutes } from './api/check-routes.ts';
import { toPlaceRoutes } from './api/place-routes.ts';
import { toLedgerRoutes } from './api/ledger-routes.ts';
import { toRunRoutes } from './api/run-routes.ts';
import { toSelectionRoutes } from './api/selection-routes.ts';
import { toTokenRoutes } from './api/token-routes.ts';
import type { Identity } from './request-caller.ts';
import { toV1ChangeRoutes } from './v1/change-routes.ts';
import { toV1ReadRoutes } from './v1/read-routes.ts';

/** Every route of the server but those that every HTTP server has. */
export function toApiRoutes(control: ControlContext): readonly Route<Identity>[] {
  return [
    ...toV1ReadRoutes(control),
    ...toV1ChangeRoutes(control),
    ...toRunRoutes(control),
    ...toPlaceRoutes(control),
    ...toSelectionRoutes(control),
    ...toLedgerRoutes(control),
    ...toCheckRoutes(control),
    ...toTokenRoutes(control),
  ];
}
