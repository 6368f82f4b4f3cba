using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>What the trace knows of a page.</summary>
internal enum PageState
{
    /// <summary>Mapped in the trace and accessible.</summary>
    Memory,
    /// <summary>Mapped in the trace, PROT_NONE: address space, no memory.</summary>
    Reserve,
    /// <summary>Mapped before the trace; an mprotect of the trace made it writable, and nothing shows that it was accessible before.</summary>
    MadeUsable,
    /// <summary>Mapped before the trace and accessible: an mprotect of the trace told so.</summary>
    OldMemory,
    /// <summary>Mapped before the trace; an mprotect of the trace made it PROT_NONE.</summary>
    OldReserve,
}

/// <summary>Whose a range is: an event and the state, packed into the number that <see cref="IntervalMap"/> keeps.</summary>
internal readonly record struct PageOwner(int Code)
{
    // 2^28 events are 25 GB of them: no trace in memory has more.
    private const int StateBits = 3;

    /// <summary>The page that an event mapped, or whose protection it set.</summary>
    public PageOwner(int owner, PageState state) : this((owner << StateBits) | (int)state)
    {
    }

    /// <summary>Index of the event.</summary>
    public int Event => Code >> StateBits;

    /// <summary>What is known.</summary>
    public PageState State => (PageState)(Code & ((1 << StateBits) - 1));

    /// <summary>Whether it was mapped in the trace and is so outstanding.</summary>
    public bool IsMapped => State <= PageState.Reserve;

    /// <summary>What it is after an mprotect.</summary>
    /// <param name="toNone">Whether the call took every access away.</param>
    /// <param name="protecting">Index of the call's event.</param>
    public PageOwner Protected(bool toNone, int protecting) => State switch
    {
        PageState.Memory when toNone => new PageOwner(Event, PageState.Reserve),
        PageState.Reserve when !toNone => new PageOwner(Event, PageState.Memory),
        PageState.MadeUsable or PageState.OldMemory when toNone => new PageOwner(protecting, PageState.OldReserve),
        PageState.OldReserve when !toNone => new PageOwner(protecting, PageState.MadeUsable),
        _ => this,
    };
}
