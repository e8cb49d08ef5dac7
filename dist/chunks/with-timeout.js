// src/entries/with-timeout.ts
/** Fires when the run is to stop, or with this reason when its time is over. */
function withTimeout(stop, timeoutMs, reason) {
	const limit = new AbortController();
	setTimeout(() => limit.abort(reason), timeoutMs).unref();
	return AbortSignal.any([stop, limit.signal]);
}

export { withTimeout as t };