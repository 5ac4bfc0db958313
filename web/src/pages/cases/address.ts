// A case's address carries the filter it was found by, so that its page knows which case comes next.

const CARRIED = ['who', 'type', 'stage', 'state', 'overdue', 'search', 'sort', 'view'];

export function caseAddress(id: number, query?: URLSearchParams): string {
  const carried = new URLSearchParams(CARRIED.flatMap((key) => (query?.get(key) ? [[key, query.get(key)!]] : []))).toString();
  return carried ? `/cases/${id}?${carried}` : `/cases/${id}`;
}

/** The list one came from, with its filter and view. */
export function listAddress(query: URLSearchParams): string {
  const back = new URLSearchParams([...query].filter(([key]) => key !== 'as_of')).toString();
  return back ? `/cases?${back}` : '/cases';
}
