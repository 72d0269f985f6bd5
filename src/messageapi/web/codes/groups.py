"""The part of the codes that is about groups, presence and calls."""

from messageapi.web.codes.code import Code

CODES_OF_GROUPS: dict[str, Code] = {
    "group_malformed": Code(
        422, "Malformed group", "A group's address looks like 120363041234567890@g.us. Correct it."
    ),
    "group_not_found": Code(
        404,
        "No such group",
        "WhatsApp has no group with this address. The list names those the number is in.",
    ),
    "not_in_group": Code(
        409, "Not in the group", "The number is not in this group. Let an admin add it, or join by an invitation."
    ),
    "group_not_permitted": Code(
        403, "Only for admins", "Only an admin of the group may do this. Let one make this number an admin."
    ),
    "group_not_acceptable": Code(
        422,
        "Not acceptable for a group",
        "WhatsApp does not take this for a group. Shorten the texts, or name fewer people.",
    ),
    "invite_gone": Code(
        410, "Invitation over", "This invitation does not hold any more. Ask an admin of the group for the new link."
    ),
    "invite_invalid": Code(422, "No invitation", "This is no invitation to a group. Give the whole link."),
    "whatsapp_rate_limited": Code(
        429, "WhatsApp wants fewer questions", "The number has asked WhatsApp too often. Go on as Retry-After says."
    ),
    "not_on_whatsapp": Code(422, "Not on WhatsApp", "This person has no WhatsApp account. Correct the phone number."),
    "too_many_watched": Code(
        422, "Too many people watched", "A number watches 500 people at most. Stop watching somebody first."
    ),
    "not_watched": Code(404, "Not watched", "The number does not watch this person. PUT the same address to begin."),
}
