using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Which callchains are asked for, and by what they weigh: what the address of the Stacks page and the query of <c>/callchains</c> say.</summary>
/// <param name="Process">The process.</param>
/// <param name="Window">Track and time: traces count what happened in a window of time; resident bytes are those of its last snapshot, growth is from its first to its last.</param>
/// <param name="Weight">By what callchains are ranked.</param>
public sealed record StackQuestion(Guid Process, WindowState Window, CallchainWeight Weight = CallchainWeight.Outstanding)
{
    /// <summary>The only trace, of weight <c>live</c> the heap profile; null for all traces, or the newest profile.</summary>
    public Guid? Trace { get; init; }

    /// <summary>A trace or heap profile to compare with: each callchain weighs the difference.</summary>
    public Guid? Base { get; init; }

    /// <summary>Only blocks inside this region.</summary>
    public Guid? Region { get; init; }

    /// <summary>Only blocks inside regions of this category.</summary>
    public Category? Category { get; init; }

    /// <summary>Only calls of this thread.</summary>
    public int? Thread { get; init; }

    /// <summary>Only callchains with a frame in this module (its path or file name).</summary>
    public string? Module { get; init; }
}
