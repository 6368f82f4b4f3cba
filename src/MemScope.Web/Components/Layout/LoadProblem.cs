using System.Diagnostics;
using MemScope.Web.Api;

namespace MemScope.Web.Components.Layout;

/// <summary>A load that failed, as a page shows it: what happened in words, and the id under which the log has the rest.</summary>
public sealed record LoadProblem(string Text, string TraceId)
{
    /// <summary>Both in one line.</summary>
    public string Words => TraceId.Length == 0 ? Text : $"{Text} Trace {TraceId}";

    /// <summary>Logs an exception and words it without its details. What the server refuses says so itself and is no failure: it has no trace.</summary>
    public static LoadProblem Of(Exception error, ILogger log)
    {
        if (error is ProblemException refused) return new LoadProblem(refused.Message, "");
        var trace = Activity.Current?.TraceId.ToString() ?? Guid.CreateVersion7().ToString("N");
        log.LogError(error, "A page could not load, trace {TraceId}", trace);
        return new LoadProblem("The server or its database did not answer as expected.", trace);
    }
}
