import type { EngineEvent } from '@bfm/core';

/** Receives engine events in the order they happen. Must be quick and must not throw. */
export type EventSink = (event: EngineEvent) => void;
