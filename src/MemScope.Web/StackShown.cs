using MemScope.Web.Answers;

namespace MemScope.Web;

/// <summary>Which callchains the Stacks page shows, and how; part of its address.</summary>
public sealed record StackShown
{
    /// <summary>Leaf up: callees above callers.</summary>
    public const string LeafUp = "leaf";

    /// <summary>By function, recursion folded.</summary>
    public const string Merged = "merged";

    /// <summary>Slug of the weight, or null for the one that answers best.</summary>
    public string? Weight { get; init; }

    /// <summary>The only trace, or of weight <c>live</c> the heap profile.</summary>
    public Guid? Trace { get; init; }

    /// <summary>Trace or heap profile to compare with.</summary>
    public Guid? Base { get; init; }

    /// <summary>The only region.</summary>
    public Guid? Region { get; init; }

    /// <summary>Slug of the only category.</summary>
    public string? Category { get; init; }

    /// <summary>The only thread.</summary>
    public int? Thread { get; init; }

    /// <summary>Module that callchains must touch.</summary>
    public string? Module { get; init; }

    /// <summary>Terms of the filter, as <see cref="StackFilter"/> reads them.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Text to highlight.</summary>
    public string? Find { get; init; }

    /// <summary><see cref="LeafUp"/>, <see cref="Merged"/>, or null for root up.</summary>
    public string? Form { get; init; }

    /// <summary>Function between whose callers and callees the view stands, as <see cref="Components.Pages.Stacks.StackPlace.Name"/> writes it.</summary>
    public string? Around { get; init; }

    /// <summary>The frame that is zoomed into, as <see cref="Components.Pages.Stacks.StackPlace"/> writes it.</summary>
    public string? At { get; init; }

    /// <summary>Order of the callchains: slug of a weight, or null for the page's own.</summary>
    public string? Sort { get; init; }

    /// <summary>Order of the functions: <c>self</c>, or null for the total.</summary>
    public string? Order { get; init; }

    /// <summary>Rows of each table, or null for the first hundred.</summary>
    public int? Rows { get; init; }

    /// <summary>Whether anything narrows what is shown, beside the window.</summary>
    public bool IsFiltered => Only.Count > 0 || Region is not null || Category is not null || Thread is not null || !string.IsNullOrEmpty(Module);

    /// <summary>The same without whatever narrows it.</summary>
    public StackShown Whole() => this with { Only = [], Region = null, Category = null, Thread = null, Module = null, At = null };

    /// <summary>What is asked of the server.</summary>
    public StackQuestion ToQuestion(Guid process, WindowState window, CallchainWeight weight) => new(process, window, weight)
    {
        Trace = Trace, Base = Base, Region = Region, Category = Core.Model.Categories.Parse(Category), Thread = Thread, Module = string.IsNullOrEmpty(Module) ? null : Module,
    };
}
