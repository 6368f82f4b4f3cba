using MemScope.Core;
using MemScope.Web.Api;
using MemScope.Web.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace MemScope.Web.Live;

/// <summary>One circuit, which is counted while it lives. The page is refused before (<see cref="CircuitGate"/>); what comes at the same moment is refused here.</summary>
internal sealed class CircuitBudget(OpenCircuits open, AuthenticationStateProvider people) : CircuitHandler
{
    private string? _session;
    private bool _isCounted;

    /// <inheritdoc/>
    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _session = Access.SessionOf((await people.GetAuthenticationStateAsync()).User);
        _isCounted = open.TryEnter(_session);
        if (!_isCounted) throw new InvalidOperationException("Too many pages are open.");
    }

    /// <inheritdoc/>
    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (_isCounted) open.Leave(_session);
        _isCounted = false;
        return Task.CompletedTask;
    }
}

/// <summary>Answers 503 for a page that would need a circuit while there are as many as there may be. Shares need none and are always served.</summary>
internal sealed class CircuitGate(RequestDelegate next, OpenCircuits open, Limits limits)
{
    private const int RetrySeconds = 10;

    /// <summary>Refuses or passes on.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata is not { } metadata || metadata.GetMetadata<ComponentTypeMetadata>() is null || metadata.GetMetadata<ExcludeFromInteractiveRoutingAttribute>() is not null) return next(context);
        if (!open.IsFull(Access.SessionOf(context.User))) return next(context);
        return Problems.WriteAsync(context, new ProblemException(StatusCodes.Status503ServiceUnavailable, "too-many-pages", "Too many pages are open at once. Close some tabs, or try again in a moment.", limits.Circuits) { RetryAfterSeconds = RetrySeconds });
    }
}
