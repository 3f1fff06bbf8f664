# Copyright: (c) 2026, Stowage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from server import REGION

from aspects.case import RECORDER, Course, Refusal, Step

FUNCTION = f"arn:aws:lambda:{REGION}:111122223333:function:thumbnail"
QUEUE = f"arn:aws:sqs:{REGION}:111122223333:uploads"
TOPIC = f"arn:aws:sns:{REGION}:111122223333:gone"

IMAGES = {
    "id": "images",
    "lambda_function_arn": FUNCTION,
    "events": ["s3:ObjectCreated:*"],
    "prefix": "images/",
    "suffix": ".jpg",
}
UPLOADS = {
    "id": "uploads",
    "queue_arn": QUEUE,
    "events": ["s3:ObjectCreated:Put", "s3:ObjectCreated:Post"],
    "suffix": ".csv",
}
GONE = {"id": "gone", "topic_arn": TOPIC, "events": ["s3:ObjectRemoved:*"]}

COURSES = (
    Course(
        "a function, a queue, a topic, none",
        (
            Step({"notifications": [IMAGES]}),
            Step({"notifications": [IMAGES, UPLOADS, GONE]}),
            # The order of events means nothing.
            Step(
                {"notifications": [IMAGES, {**UPLOADS, "events": UPLOADS["events"][::-1]}, GONE]},
                after={"notifications": [IMAGES, UPLOADS, GONE]},
                changed=False,
            ),
            Step({"notifications": [{**IMAGES, "suffix": ".png"}, GONE]}),
            Step({"notifications": []}),
        ),
    ),
    Course(
        "another kind of destination",
        (
            Step({"notifications": [{**GONE, "id": "one"}]}),
            Step({"notifications": [{**UPLOADS, "id": "one"}]}),
            Step({"notifications": [{"id": "one", "queue_arn": QUEUE, "events": UPLOADS["events"]}]}),
        ),
    ),
    Course(
        "those of other stacks stay",
        (
            Step({"notifications": [IMAGES, UPLOADS]}),
            Step(
                {"notifications": [GONE], "purge_notifications": False},
                after={"notifications": [IMAGES, UPLOADS, GONE]},
            ),
            Step(
                {"notifications": [{**UPLOADS, "suffix": ".tsv"}], "purge_notifications": False},
                after={"notifications": [IMAGES, {**UPLOADS, "suffix": ".tsv"}, GONE]},
            ),
            Step(
                {"notifications": [], "purge_notifications": False},
                after={"notifications": [IMAGES, {**UPLOADS, "suffix": ".tsv"}, GONE]},
                changed=False,
            ),
        ),
    ),
    # amazon.aws's module for notifications turns EventBridge off with every write.
    Course(
        "EventBridge stays",
        (
            Step({"event_bridge": True}),
            Step({"notifications": [IMAGES]}, after={"notifications": [IMAGES], "event_bridge": True}),
            Step({"notifications": []}, after={"notifications": [], "event_bridge": True}),
            Step({"notifications": [UPLOADS]}),
            Step({"event_bridge": False}, after={"notifications": [UPLOADS], "event_bridge": False}),
            Step({"event_bridge": False}, changed=False),
        ),
        (RECORDER,),
    ),
    Course(
        "kinds of events that are new",
        (Step({"notifications": [{**UPLOADS, "events": ["s3:ObjectAnnotation:*", "s3:ObjectRetention:Put"]}]}),),
        (RECORDER,),
    ),
    Course("nothing was there", (Step({"notifications": []}, changed=False),)),
)
REFUSALS = (
    Refusal("a name twice", {"notifications": [IMAGES, {**UPLOADS, "id": "images"}]}, ("notifications", "'images'")),
    Refusal("no events", {"notifications": [{**GONE, "events": []}]}, ("notifications['gone'].events", "empty")),
    Refusal("another service's ARN", {"notifications": [{**GONE, "topic_arn": QUEUE}]}, ("topic_arn", QUEUE, "sns")),
    Refusal("a FIFO queue", {"notifications": [{**UPLOADS, "queue_arn": f"{QUEUE}.fifo"}]}, (".fifo", "event_bridge")),
    Refusal(
        "a wildcard", {"notifications": [{**IMAGES, "suffix": "*.jpg"}]}, ("['images'].suffix", "*.jpg", "wildcards")
    ),
    Refusal("a blank", {"notifications": [{**IMAGES, "prefix": "my images/"}]}, ("['images'].prefix", "+ for a blank")),
    Refusal("a long prefix", {"notifications": [{**IMAGES, "prefix": "x" * 1025}]}, ("prefix", "1025", "1024")),
    Refusal(
        "too many",
        {"notifications": [{**UPLOADS, "id": f"n{number}", "prefix": f"{number:03}/"} for number in range(101)]},
        ("notifications", "101", "100", "event_bridge"),
    ),
    Refusal("two destinations", {"notifications": [{**UPLOADS, "topic_arn": TOPIC}]}, ("mutually exclusive",)),
    Refusal("no destination", {"notifications": [{"id": "x", "events": ["s3:ObjectCreated:*"]}]}, ("one of",)),
)
