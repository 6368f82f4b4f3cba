using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Model;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Stacks;

/// <summary>A callchain as a row of the table.</summary>
/// <param name="Weight">Its weight, now.</param>
/// <param name="Base">The same in the base of a comparison.</param>
/// <param name="Figures">All its weights.</param>
/// <param name="Frames">Leaf first.</param>
/// <param name="IsFound">Whether the highlighted text is in it.</param>
public sealed record ChainRow(long Weight, long Base, ChainFigures Figures, IReadOnlyList<FrameWire> Frames, bool IsFound);

/// <summary>A function as a row of the table.</summary>
/// <param name="Frame">One of its frames.</param>
/// <param name="Weights">What it weighs.</param>
/// <param name="IsFound">Whether the highlighted text is in it.</param>
public sealed record FunctionRow(FrameWire Frame, FunctionWeights Weights, bool IsFound);

/// <summary>The frame that is zoomed into.</summary>
/// <param name="Box">Its box.</param>
/// <param name="Frame">Its frame as the heaviest chain through it has it.</param>
/// <param name="Figures">What the chains through it did, or null where the view has no ways of chains.</param>
/// <param name="Chains">How many there are.</param>
public sealed record PickedFrame(StackBox Box, FrameWire Frame, ChainFigures? Figures, int Chains);

/// <summary>Two weights of the same events: who leads by the one and by the other.</summary>
/// <param name="Weight">Slug of the weight.</param>
/// <param name="Total">Sum.</param>
/// <param name="Leader">Allocation site that leads by the weight of the page.</param>
/// <param name="LeaderWeight">Its part.</param>
/// <param name="Other">Site that leads among the others.</param>
/// <param name="OtherWeight">Its part.</param>
public sealed record WeightBar(string Weight, long Total, string Leader, long LeaderWeight, string? Other, long OtherWeight);

/// <summary>Everything that one view of callchains shows, and nothing more: bounded, whatever the answer holds. The live page and a frozen one render the same.</summary>
public sealed record StackSheet
{
    /// <summary>Most boxes of a picture.</summary>
    public const int MostBoxes = 1500;

    /// <summary>Rows of a table unless more are asked for.</summary>
    public const int FewRows = 100;

    /// <summary>Most rows of a table.</summary>
    public const int MostRows = 2000;

    /// <summary>Least share of the width that is drawn: about two pixels.</summary>
    public const double Thinnest = 0.002;

    /// <summary>What is to be seen of an answer.</summary>
    public static StackSheet Of(CallForest forest, StackShown shown)
    {
        ArgumentNullException.ThrowIfNull(forest);
        ArgumentNullException.ThrowIfNull(shown);
        return StackSheetMaker.Make(forest, shown);
    }

    /// <summary>Weight, losses, growth, traces, modules, notes.</summary>
    public required CallchainsWire Head { get; init; }

    /// <summary>How it is shown.</summary>
    public required StackShown Shown { get; init; }

    /// <summary>Whether weights are compared with those of a base.</summary>
    public bool IsComparison { get; init; }

    /// <summary>Sum of the chains that pass the filter; of a comparison, now.</summary>
    public long Total { get; init; }

    /// <summary>The same in the base.</summary>
    public long Base { get; init; }

    /// <summary>What the whole picture's width means: <see cref="Total"/>, or of a comparison all that changed.</summary>
    public long Whole { get; init; }

    /// <summary>Boxes, a parent before its children.</summary>
    public IReadOnlyList<StackBox> Boxes { get; init; } = [];

    /// <summary>Boxes that are too thin to draw.</summary>
    public int Hidden { get; init; }

    /// <summary>The function of a sandwich, or null.</summary>
    public FrameWire? Around { get; init; }

    /// <summary>What it weighs.</summary>
    public FunctionWeights AroundWeights { get; init; }

    /// <summary>The frame that is zoomed into, or null.</summary>
    public PickedFrame? Picked { get; init; }

    /// <summary>The heaviest chain, through the picked frame where there is one: what copying a stack copies.</summary>
    public string StackText { get; init; } = "";

    /// <summary>Patterns in that chain that tell who maps memory; none in a heap profile.</summary>
    public IReadOnlyList<Motif> Motifs { get; init; } = [];

    /// <summary>Share of the weight in chains that have the highlighted text, or null when nothing is highlighted.</summary>
    public double? FoundShare { get; init; }

    /// <summary>The term of the filter that alone lets nothing pass, or null.</summary>
    public string? Excluding { get; init; }

    /// <summary>Callchains.</summary>
    public IReadOnlyList<ChainRow> Chains { get; init; } = [];

    /// <summary>How many there are in all.</summary>
    public int AllChains { get; init; }

    /// <summary>What all of them did together.</summary>
    public ChainFigures Figures { get; init; }

    /// <summary>Functions.</summary>
    public IReadOnlyList<FunctionRow> Functions { get; init; } = [];

    /// <summary>How many there are in all.</summary>
    public int AllFunctions { get; init; }

    /// <summary>The same events under the weights that can mislead; empty when they agree.</summary>
    public IReadOnlyList<WeightBar> WeightBars { get; init; } = [];

    /// <summary>Slug of the weight.</summary>
    public string Weight => Head.Weight;
}
