#include "net/queue.h"

void tl_queue_init(tl_queue *queue, size_t most)
{
    *queue = (tl_queue){.most = most};
    for (size_t i = 0; i < TL_RANKS; i++)
        tl_link_init(&queue->ranks[i]);
}

void tl_queue_add(tl_queue *queue, tl_request *request, tl_rank rank)
{
    request->state = TL_REQUEST_QUEUED;
    request->rank = rank;
    tl_link_insert_before(&queue->ranks[rank], &request->awaited.queue);
}

static bool is_full(const tl_queue *queue)
{
    return queue->most != 0 && queue->on_wire >= queue->most;
}

/* The link of the first one among the ranks from `rank` on; NULL when there is none. */
static tl_link *first_from(const tl_queue *queue, tl_rank rank)
{
    for (size_t i = rank; i < TL_RANKS; i++) {
        if (!tl_link_alone(&queue->ranks[i]))
            return queue->ranks[i].next;
    }
    return NULL;
}

tl_request *tl_queue_take(tl_queue *queue)
{
    tl_link *first = first_from(queue, TL_RANK_AT_ONCE);
    queue->was_too_long = first && is_full(queue);
    if (!first)
        return NULL;
    tl_request *request = TL_OWNER(first, tl_request, awaited.queue);
    if (request->rank != TL_RANK_AT_ONCE && (is_full(queue) || queue->fresh >= TL_MOST_FRESH))
        return NULL;
    tl_link_remove(first);
    return request;
}

bool tl_queue_is_due(const tl_queue *queue)
{
    return !is_full(queue) && first_from(queue, TL_RANK_AT_ONCE);
}

void tl_queue_step(tl_queue *queue)
{
    queue->fresh = 0;
}

void tl_queue_sent(tl_queue *queue, const tl_request *request)
{
    if (request->fetch_for)
        return;
    queue->on_wire++;
    queue->fresh++;
}

void tl_queue_recalled(tl_queue *queue, const tl_request *request)
{
    if (!request->fetch_for)
        queue->on_wire--;
}
